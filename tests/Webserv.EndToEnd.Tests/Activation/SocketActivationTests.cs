using System.Net.Sockets;
using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Activation;

/// <summary>Sockets that a service manager, here a Python program, has bound and hands over.</summary>
public sealed class SocketActivationTests
{
    private const string Listen = "\"http://127.0.0.1:${TRIAL_PORT}\"";

    private static readonly TimeSpan PatienceOfAServerThatStops = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task Restart_UnderLoad_RefusesNobody(string transport)
    {
        await using var site = await StartAsync(TrialSite.Prepare("\"MaxConnections\": 10000", Listen), transport: transport);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var clients = Enumerable.Range(0, 4).Select(_ => AskUntilAsync(site, stop.Token)).ToArray();
        for (var restart = 1; restart <= 3; restart++)
        {
            site.Server.Signal(PosixSignalNumber.Hangup);
            var started = restart + 1;
            await Eventually.HoldsAsync(
                () => Count(site, "listening on ") == started, () => string.Join('\n', site.Server.Output), TimeSpan.FromSeconds(60));
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(clients), answered => Assert.InRange(answered, 1, int.MaxValue));
        Assert.Equal(3, Count(site, "exited 0"));
        Assert.Equal(0, await site.Server.StopAsync());
        Assert.Equal(4, Count(site, "notified READY=1"));
        Assert.Equal(4, Count(site, "notified STOPPING=1"));
    }

    [Fact]
    public async Task Inherited_UnixAndInternet_AreServedKeptAndNotRemoved()
    {
        var folder = TrialSite.Prepare(listen: Listen + ", \"unix:web.sock\"");
        folder.WriteScript("cgi/env.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\n'\nenv\nls -l /proc/self/fd | grep -c socket\ntrue\n");
        var path = folder.Combine("web.sock");
        await using var site = await StartAsync(folder, path, endpoints: 2);
        Assert.Contains("\r\n\r\n" + new string('s', TrialSite.SmallLength), await AskUnixAsync(path), StringComparison.Ordinal);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));

        // Nothing of it is handed on.
        var script = await site.ExchangeAsync("GET /cgi/env.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("LISTEN_", script, StringComparison.Ordinal);
        Assert.DoesNotContain("NOTIFY_SOCKET", script, StringComparison.Ordinal);
        Assert.Contains("\n0\n", script.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        // An endpoint that a reload takes away and another one brings back is served from the same socket.
        var configuration = await File.ReadAllTextAsync(folder.Configuration, TestContext.Current.CancellationToken);
        folder.Configure(configuration.Replace(", \"unix:web.sock\"", "", StringComparison.Ordinal));
        site.Server.Signal(PosixSignalNumber.User1);
        await site.Server.Log.WaitForAsync("Reloaded; generation 2 serves");
        folder.Configure(configuration);
        site.Server.Signal(PosixSignalNumber.User1);
        await site.Server.Log.WaitForAsync("Reloaded; generation 3 serves");
        Assert.Equal(200, TrialSite.StatusOf(await AskUnixAsync(path)));

        site.Server.Signal(PosixSignalNumber.Hangup);
        await Eventually.HoldsAsync(() => Count(site, "listening on ") == 4, () => string.Join('\n', site.Server.Output), TimeSpan.FromSeconds(60));
        Assert.Equal(200, TrialSite.StatusOf(await AskUnixAsync(path)));
        Assert.Equal(0, await site.Server.StopAsync());
        Assert.True(File.Exists(path));
        Assert.Equal(2, Count(site, "notified RELOADING=1"));
    }

    [Fact]
    public async Task Inherited_NoEndpointOfTheConfiguration_IsNamed()
    {
        var folder = TrialSite.Prepare();
        await using var site = await StartAsync(folder, folder.Combine("other.sock"));
        await site.Server.Log.WaitForAsync("'second' (unix:");
        Assert.Contains("'web' (http://127.0.0.1:", site.Server.Log.ToString(), StringComparison.Ordinal);
        Assert.Contains("other.sock", site.Server.Log.ToString(), StringComparison.Ordinal);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
    }

    private static async Task<TrialSite> StartAsync(ServerFolder folder, string unixPath = "", int endpoints = 1, string transport = "Epoll")
    {
        var configuration = await File.ReadAllTextAsync(folder.Configuration, TestContext.Current.CancellationToken);
        folder.Configure(configuration.Replace(
            "\"Limits\"", $"\"Transport\": {{ \"Kind\": \"{transport}\", \"EventLoops\": 2 }}, \"Limits\"", StringComparison.Ordinal));
        string[] launcher =
        [
            ExternalProgram.Find("python3", "python3"),
            Repository.Path("tests", "Webserv.EndToEnd.Tests", "Activation", "manager.py"),
            "TRIAL_PORT", unixPath, "web:second",
        ];
        return await TrialSite.StartAsync(folder, launcher, endpoints);
    }

    private static int Count(TrialSite site, string line) =>
        site.Server.Output.Count(candidate => candidate.StartsWith(line, StringComparison.Ordinal));

    /// <summary>A new connection for each request, one after the other: none is refused, each is answered.</summary>
    private static async Task<int> AskUntilAsync(TrialSite site, CancellationToken stop)
    {
        var answered = 0;
        while (!stop.IsCancellationRequested)
        {
            var began = TimeProvider.System.GetTimestamp();
            using var client = await site.Server.ConnectAsync();
            await client.SendAsync(TrialSite.GetSmall);
            var asked = TimeProvider.System.GetElapsedTime(began);
            var answer = await client.ReadToEndAsync();
            if (answer.Length == 0 && asked > PatienceOfAServerThatStops)
            {
                // This machine is so busy that it took the client too long to say what it wants.
                continue;
            }

            Assert.EndsWith(new string('s', TrialSite.SmallLength), answer, StringComparison.Ordinal);
            answered++;
        }

        return answered;
    }

    private static async Task<string> AskUnixAsync(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(TrialSite.GetSmall), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }
}
