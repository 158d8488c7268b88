using System.Net.Sockets;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Signals under load, and a log that nobody reads.</summary>
public sealed class SignalTests
{
    private const string GetSlow = "GET /cgi/slow.sh HTTP/1.1\r\nHost: x\r\n\r\n";

    [Fact]
    public async Task Terminate_WhileAScriptRuns_FinishesItsAnswerAndExits0()
    {
        await using var site = await StartWithSlowScriptAsync();
        using var slow = await site.Server.ConnectAsync();
        using var idle = await site.Server.ConnectAsync();
        using var fresh = await site.Server.ConnectAsync();
        await idle.SendAsync("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
        await idle.ReadResponseAsync();
        await slow.SendAsync(GetSlow);
        await ScriptRunsAsync(site);

        site.Server.Signal(PosixSignalNumber.Terminate);
        Assert.Empty(await idle.ReadToEndAsync());
        Assert.Empty(await fresh.ReadToEndAsync());
        await Assert.ThrowsAnyAsync<SocketException>(() => site.Server.ConnectAsync());
        Assert.True(site.Server.IsRunning);

        await File.WriteAllTextAsync(Path.Combine(site.Scripts, "go"), "", TestContext.Current.CancellationToken);
        var answer = await slow.ReadToEndAsync();
        Assert.Equal(200, TrialSite.StatusOf(answer));
        Assert.Contains("done\n", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close\r\n", answer, StringComparison.Ordinal);
        Assert.Equal(0, await site.Server.WaitForExitAsync());
    }

    [Fact]
    public async Task Terminate_Twice_EndsAtOnce()
    {
        await using var site = await StartWithSlowScriptAsync();
        using var slow = await site.Server.ConnectAsync();
        await slow.SendAsync(GetSlow);
        await ScriptRunsAsync(site);
        site.Server.Signal(PosixSignalNumber.Terminate);
        await site.Server.Log.WaitForAsync("Stopping");
        site.Server.Signal(PosixSignalNumber.Terminate);
        Assert.Equal(130, await site.Server.WaitForExitAsync());
        await Eventually.HoldsAsync(() => ProcessTable.WorkingIn(site.Scripts).Count == 0, () => "the script was left behind");
    }

    [Fact]
    public async Task Terminate_ScriptOutlivesShutdownTimeout_IsKilledAndExits0()
    {
        await using var site = await StartWithSlowScriptAsync("\"ShutdownTimeout\": \"200ms\"");
        using var slow = await site.Server.ConnectAsync();
        await slow.SendAsync(GetSlow);
        await ScriptRunsAsync(site);
        Assert.Equal(0, await site.Server.StopAsync());
        await Eventually.HoldsAsync(() => ProcessTable.WorkingIn(site.Scripts).Count == 0, () => "the script still runs");
    }

    [Fact]
    public async Task Terminate_BeforeItServes_Exits0()
    {
        using var folder = TrialSite.Prepare();

        // The signal comes within the start: the shell sends it as soon as the process says that it loads its first plugin.
        var result = await ExternalProgram.RunAsync("/bin/bash", ["-c", """
            export XDG_CACHE_HOME=$2
            coproc "$0" run --config "$1" 2>&1
            server=$COPROC_PID
            exec 3<&"${COPROC[0]}"
            while read -r line; do
                if [[ $line == *loaded* ]]; then kill -TERM "$server"; break; fi
            done <&3
            cat <&3
            wait "$server"
            """, Repository.Server, folder.Configuration, folder.MakeDirectory(".cache")]);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.True(
            result.Output.Contains("Stopped before it served", StringComparison.Ordinal) || result.Output.Contains("Stopping", StringComparison.Ordinal),
            result.Output);
    }

    [Fact]
    public async Task Hangup_UnderLoad_LosesNoRequest()
    {
        await using var site = await TrialSite.StartAsync();
        await site.WarmUpAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = Enumerable.Range(0, 4).Select(_ => AskUntilAsync(site, stop.Token)).ToArray();
        for (var reload = 1; reload <= 5; reload++)
        {
            site.Server.Signal(PosixSignalNumber.Hangup);
            await site.Server.Log.WaitForAsync($"Reloaded; generation {reload + 1} serves");
        }

        await stop.CancelAsync();
        Assert.All(await Task.WhenAll(load), answered => Assert.InRange(answered, 1, int.MaxValue));
        var open = ProcessTable.OpenIn(site.Server.Id).Count;
        await site.CheckUnharmedAsync(open);
    }

    [Fact]
    public async Task BrokenPipeSignal_DoesNoHarm()
    {
        await using var site = await TrialSite.StartAsync();
        site.Server.Signal(PosixSignalNumber.Pipe);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        Assert.Equal(0, await site.Server.StopAsync());
    }

    [Theory]
    [InlineData("exec \"$@\" > >(head -n 1)")]
    [InlineData("exec \"$@\" 2> >(head -n 1 >/dev/null)")]
    [InlineData("exec \"$@\" 2> >(exec sleep 60 >/dev/null 2>&1)")]
    public async Task Log_ClosedOrFull_NeitherStallsNorEndsTheServer(string redirection)
    {
        await using var site = await TrialSite.StartAsync(launcher: ["/bin/bash", "-c", redirection, "bash"]);

        // Each refusal is a line of the log, all of them more than a pipe and the queue before it take.
        var options = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, 4000), options, async (_, _) =>
            Assert.Equal(400, TrialSite.StatusOf(await site.ExchangeAsync("no request\r\n\r\n"))));
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        Assert.Equal(0, await site.Server.StopAsync());
    }

    private static async Task<int> AskUntilAsync(TrialSite site, CancellationToken stop)
    {
        var answered = 0;
        var client = await site.Server.ConnectAsync();
        while (!stop.IsCancellationRequested)
        {
            await client.SendAsync("GET /small.html HTTP/1.1\r\nHost: x\r\n\r\n");
            var answer = await client.ReadResponseAsync();
            Assert.EndsWith(new string('s', TrialSite.SmallLength), answer, StringComparison.Ordinal);
            Assert.Contains("hello", await site.ExchangeAsync("GET /cgi/hello.sh HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
            answered++;
            if (answer.Contains("Connection: close\r\n", StringComparison.Ordinal))
            {
                client.Dispose();
                client = await site.Server.ConnectAsync();
            }
        }

        client.Dispose();
        return answered;
    }

    private static async Task<TrialSite> StartWithSlowScriptAsync(string limits = "")
    {
        var folder = TrialSite.Prepare(limits);
        folder.WriteScript(
            "cgi/slow.sh", "#!/bin/sh\nwhile [ ! -e go ]; do sleep 0.05; done\nprintf 'Content-Type: text/plain\\r\\n\\r\\ndone\\n'\n");
        return await TrialSite.StartAsync(folder);
    }

    private static Task ScriptRunsAsync(TrialSite site) =>
        Eventually.HoldsAsync(() => ProcessTable.WorkingIn(site.Scripts).Count > 0, () => "the script does not run");
}
