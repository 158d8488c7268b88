using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>What becomes of scripts whose client leaves, and of clients whose script does.</summary>
public sealed class ScriptDisconnectTests(ImpatientSite impatient) : IClassFixture<ImpatientSite>
{
    // The shell and two that it starts, which ignore the signal as it does. Sooner it may not ignore it yet.
    private const string Stubborn = "#!/bin/sh\ntrap '' TERM\nsleep 100 &\nsleep 100\n";
    private const int StubbornProcesses = 3;

    [Fact]
    public async Task Reset_WhileAScriptRuns_KillsItAndWhatItStartedPromptly()
    {
        var site = impatient.Site;
        using var client = await AskAsync(Stubborn, StubbornProcesses);
        var began = TimeProvider.System.GetTimestamp();
        client.Reset();
        await AllEndedAsync(site);

        // The script ignores SIGTERM, so SIGKILL comes after KillGrace (300 ms).
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0.2, 3);
        await NoChildIsLeftAsync(site);
    }

    [Fact]
    public async Task Close_WhileAScriptRuns_KillsItAfterHalfCloseTimeout()
    {
        var site = impatient.Site;
        using var client = await AskAsync(Stubborn, StubbornProcesses);
        var began = TimeProvider.System.GetTimestamp();
        client.ShutdownSend();
        await AllEndedAsync(site);
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 1, 6);
        await NoChildIsLeftAsync(site);
    }

    [Theory]
    [InlineData("kill -9 $$")]
    [InlineData("echo 'something went wrong'")]
    [InlineData("printf 'something went wrong'")]
    [InlineData("printf 'Content-Type: text/plain\\r\\n'; kill -9 $$")]
    [InlineData("exit 0")]
    [InlineData("exit 1")]
    [InlineData("exec 1>&-; exit 0")]
    public async Task Get_ScriptThatEndsWithoutAHeaderBlock_Is502(string script)
    {
        var site = impatient.Site;
        var path = impatient.AddScript("#!/bin/sh\n" + script + "\n");
        Assert.Equal(502, TrialSite.StatusOf(await site.ExchangeAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")));
        await NoChildIsLeftAsync(site);
    }

    [Fact]
    public async Task Get_ScriptKilledFromOutside_Is502()
    {
        var site = impatient.Site;
        using var client = await AskAsync("#!/bin/sh\nexec sleep 100\n");
        NativeCalls.Send(ProcessTable.WorkingIn(site.Scripts)[0], PosixSignalNumber.Kill);
        Assert.Equal(502, TrialSite.StatusOf(await client.ReadResponseAsync()));
        await NoChildIsLeftAsync(site);
    }

    private async Task<RawClient> AskAsync(string script, int processes = 1)
    {
        var site = impatient.Site;
        var path = impatient.AddScript(script);
        var client = await site.Server.ConnectAsync();
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
        await Eventually.HoldsAsync(() => ProcessTable.WorkingIn(site.Scripts).Count >= processes, () => "the script does not run");
        return client;
    }

    /// <summary>Neither alive nor dead and not reaped.</summary>
    private static Task NoChildIsLeftAsync(TrialSite site) => Eventually.HoldsAsync(
        () => ProcessTable.ChildrenOf(site.Server.Id).Count == 0, () => string.Join(", ", ProcessTable.ChildrenOf(site.Server.Id)));

    private static Task AllEndedAsync(TrialSite site) =>
        Eventually.HoldsAsync(() => ProcessTable.WorkingIn(site.Scripts).Count == 0, () => "processes of the script are left");
}
