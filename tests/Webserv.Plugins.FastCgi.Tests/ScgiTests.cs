using System.Diagnostics;
using System.Text;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Plugins.FastCgi.Scgi;
using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>SCGI: its encoding, and programs in Python that speak it.</summary>
public sealed class ScgiTests
{
    /// <summary>Answers with a file that the query names.</summary>
    public const string OneLineProgram =
        "import socket; l = socket.socket(fileno=0); [(s := l.accept()[0], q := s.recv(65536).split(b'QUERY_STRING' + bytes(1)), len(q) > 1 and s.sendall(b'X-Sendfile: ' + q[1].split(bytes(1))[0] + b'\\n\\nnot this'), s.close()) for _ in iter(int, 1)]";

    private const string Python = "/usr/bin/python3";

    // Listens on descriptor 0, or on a port that it prints, and does as the path says.
    private const string Program = """
        import os, socket, sys
        if len(sys.argv) > 1 and sys.argv[1] == 'port':
            listener = socket.create_server(('127.0.0.1', 0))
            print(listener.getsockname()[1], flush=True)
        elif len(sys.argv) > 1:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(sys.argv[1])
            listener.listen()
        else:
            listener = socket.socket(fileno=0)
        while True:
            connection, _ = listener.accept()
            stream = connection.makefile('rwb')
            size = b''
            while True:
                c = stream.read(1)
                if c in (b':', b''):
                    break
                size += c
            if not size:
                connection.close()
                continue
            words = stream.read(int(size)).split(b'\0')[:-1]
            assert stream.read(1) == b','
            assert words[0] == b'CONTENT_LENGTH' and words[2:4] == [b'SCGI', b'1'], words
            env = dict(zip(words[::2], words[1::2]))
            path = env[b'PATH_INFO']
            if path == b'/close':
                stream.close(); connection.close()
                continue
            if path in (b'/crash', b'/leave'):
                stream.write(b'A: b\n\npart')
                stream.flush()
                if path == b'/leave':
                    os._exit(1)
                os.kill(os.getpid(), 9)
            if path == b'/half':
                stream.write(b'Content-Length: 100\n\nhalf')
            else:
                body = stream.read(int(env[b'CONTENT_LENGTH']))
                stream.write(b'Content-Type: text/plain\r\nX-Pid: %d\r\n\r\n' % os.getpid())
                stream.write(b'%s %s %s %s|' % (env[b'REQUEST_METHOD'], env[b'SCRIPT_NAME'], path, env[b'QUERY_STRING']) + body)
            try:
                stream.close(); connection.close()
            except OSError:
                pass
        """;

    [Fact]
    public void Encode_Variables_AreANetstringWithTheLengthFirst()
    {
        var head = ScgiHead.Encode([new("A", "b"), new("CONTENT_LENGTH", "27"), new("SCGI", "9"), new("C", "d\0e")]);
        Assert.Equal("34:CONTENT_LENGTH|27|SCGI|1|A|b|C|de|,", Encoding.UTF8.GetString(head.Span).Replace('\0', '|'));
        Assert.Equal("24:CONTENT_LENGTH|0|SCGI|1|,", Encoding.UTF8.GetString(ScgiHead.Encode([]).Span).Replace('\0', '|'));
    }

    [Fact(Timeout = 30_000)]
    public async Task External_Program_AnswersAndFailsAsItShould()
    {
        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", Program, "port"]) { RedirectStandardOutput = true })!;
        try
        {
            var port = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
            await using var site = await GatewaySite.ScgiAsync(options => options.Address = $"127.0.0.1:{port}");
            Assert.Equal("GET  /a/b c=d|", await site.GetTextAsync("/a/b?c=d"));
            Assert.Equal("POST  / |hello", (await site.SendAsync(TestHttpContext.Post("/").WithBody("hello"))).BodyText);
            using var chunked = new MemoryStream(Encoding.UTF8.GetBytes("chunks"));
            Assert.Equal("POST  / |chunks", (await site.SendAsync(TestHttpContext.Post("/").WithBody(chunked))).BodyText);
            Assert.Equal(502, (await site.GetAsync("/close")).StatusCode);
            await using var large = new PatternStream(5 << 20);
            Assert.Equal((5 << 20) + "POST  /x |".Length, (await site.SendAsync(TestHttpContext.Post("/x").WithBody(large, length: 5 << 20).WithMaxBodySize(null))).BodyBytes.Length);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }

    [Theory(Timeout = 30_000)]
    [InlineData("")]
    [InlineData(" {socket}")]
    public async Task Managed_Program_IsStartedOnItsSocketAndEnded(string argument)
    {
        var directory = Directory.CreateTempSubdirectory("scgi-tests-");
        var program = Path.Join(directory.FullName, "app.py");
        await File.WriteAllTextAsync(program, Program, TestContext.Current.CancellationToken);
        IReadOnlyList<int> workers;
        await using (var site = await GatewaySite.ScgiAsync(options => (options.Command, options.Workers) = ($"{Python} \"{program}\"{argument}", 2)))
        {
            Assert.Equal("GET  /a |", await site.GetTextAsync("/a"));
            workers = site.Service.Workers;
            Assert.NotEmpty(workers);
        }

        Assert.All(workers, static pid => Assert.False(Directory.Exists($"/proc/{pid}")));
        directory.Delete(recursive: true);
    }

    [Fact(Timeout = 30_000)]
    public async Task Managed_ProgramIsKilledInMidAnswer_IsNoWholeAnswer()
    {
        var directory = Directory.CreateTempSubdirectory("scgi-tests-");
        var program = Path.Join(directory.FullName, "app.py");
        await File.WriteAllTextAsync(program, Program, TestContext.Current.CancellationToken);
        await using (var site = await GatewaySite.ScgiAsync(options => (options.Command, options.Workers) = ($"{Python} \"{program}\"", 1)))
        {
            // A program may end with an answer.
            Assert.Equal("part", await site.GetTextAsync("/leave"));
            await AnotherAsync(site);
            int? status = null;
            try
            {
                status = (await site.GetAsync("/crash")).StatusCode;
            }
            catch (IOException)
            {
                // Something of it had gone out.
            }

            Assert.True(status is null or 502, $"{status}");
            Assert.Contains(site.Log, static line => line.EndsWith("its answer broke off: it was killed by signal 9 (SIGKILL)", StringComparison.Ordinal));
            await AnotherAsync(site);
        }

        directory.Delete(recursive: true);

        // One that is about to end may be given a request before it is known to have ended.
        static async Task AnotherAsync(GatewaySite site)
        {
            while ((await site.GetAsync("/a")).StatusCode != 200)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Managed_ManyRequests_AreSpreadOverProcesses()
    {
        var directory = Directory.CreateTempSubdirectory("scgi-tests-");
        var program = Path.Join(directory.FullName, "app.py");
        await File.WriteAllTextAsync(program, Program, TestContext.Current.CancellationToken);
        await using (var site = await GatewaySite.ScgiAsync(options => (options.Command, options.Workers) = ($"{Python} {program}", 2)))
        {
            var responses = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => site.GetAsync("/")));
            Assert.All(responses, static response => Assert.Equal(200, response.StatusCode));
        }

        directory.Delete(recursive: true);
    }
}
