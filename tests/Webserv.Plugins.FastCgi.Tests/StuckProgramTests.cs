using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Programs that stop in the middle: whoever waits for them gets an answer all the same, and nobody else suffers.</summary>
public sealed class StuckProgramTests
{
    private const string Hello = "Content-Type: text/plain\n\nhello";
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact(Timeout = 60_000)]
    public async Task Invoke_ProgramReadsNoMore_EveryRequestOnTheConnectionIs504()
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var program = new FakeProgram(
            async (connection, _) =>
            {
                var request = await connection.ReadRequestAsync();
                await connection.AnswerAsync(request!.Id, Hello);
                await over.Task;
            },
            values: "1");
        await using var site = await GatewaySite.FastCgiAsync(program, static options => (options.Timeout, options.KillGrace) = (Second, Second));
        while (!site.Log.Any(static line => line.Contains("32 on a connection", StringComparison.Ordinal)))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        Assert.Equal("hello", await site.GetTextAsync("/"));

        // A record of it is sent in part, and what the others send stands behind that.
        var post = site.SendAsync(TestHttpContext.Post("/").WithBody(new string('x', 16 << 20)).WithMaxBodySize(null));
        var responses = await Task.WhenAll(post, site.GetAsync("/1"), site.GetAsync("/2"));
        Assert.All(responses, static response => Assert.Equal(504, response.StatusCode));
        Assert.Equal(1, program.Connections);
        over.SetResult();
    }

    [Theory(Timeout = 20_000)]
    [InlineData("POST", 502, 1)]
    [InlineData("DELETE", 200, 2)]
    public async Task Invoke_ProgramDiesWithARequest_OneThatMayHaveHadAnEffectIsNotSentAgain(string method, int status, int connections)
    {
        await using var program = new FakeProgram(async (connection, number) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, Hello);
            if (number == 0)
            {
                await connection.ReadRequestAsync();
                connection.Dispose();
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(status, (await site.SendAsync(new TestHttpContext(method, "/"))).StatusCode);
        Assert.Equal(connections, program.Connections);
    }

    [Fact(Timeout = 60_000)]
    public async Task Managed_OneOfSeveralRequestsIsSilent_TheOthersGoOn()
    {
        var directory = Directory.CreateTempSubdirectory("fastcgi-tests-");
        var program = Path.Join(directory.FullName, "app.py");
        await File.WriteAllTextAsync(
            program,
            """
            import socket, threading, time
            def serve(connection):
                data = b""
                while b":" not in data: data += connection.recv(4096)
                length, _, rest = data.partition(b":")
                while len(rest) <= int(length): rest += connection.recv(4096)
                if b"/silent" in rest: time.sleep(60)
                connection.sendall(b"Content-Type: text/plain\n\n")
                for _ in range(8):
                    connection.sendall(b"line\n")
                    time.sleep(0.4)
                connection.close()
            listening = socket.socket(fileno=0)
            while True: threading.Thread(target=serve, args=(listening.accept()[0],), daemon=True).start()
            """,
            TestContext.Current.CancellationToken);
        await using (var site = await GatewaySite.ScgiAsync(options =>
        {
            (options.Command, options.Workers, options.RequestsPerWorker) = ($"/usr/bin/python3 {program}", 1, 4);
            options.Timeout = Second;
        }))
        {
            var slow = site.GetTextAsync("/slow");
            Assert.Equal(504, (await site.GetAsync("/silent")).StatusCode);
            Assert.Equal(string.Concat(Enumerable.Repeat("line\n", 8)), await slow);
            Assert.DoesNotContain(site.Log, static line => line.Contains("hangs", StringComparison.Ordinal));
        }

        directory.Delete(recursive: true);
    }
}
