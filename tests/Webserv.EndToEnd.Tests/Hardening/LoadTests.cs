using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>As much as two clients' threads can ask on 64 connections: a small page, and a script now and then.</summary>
public sealed class LoadTests
{
    private const long MaxGrowth = 32 * 1024 * 1024;

    [Fact]
    public async Task Load_PagesAndScripts_AreAllAnsweredAndMemoryStays()
    {
        await using var site = await TrialSite.StartAsync();
        var open = await site.WarmUpAsync();
        var mix = site.Folder.Write("mix.lua", """
            local asked = 0
            request = function()
                asked = asked + 1
                return wrk.format("GET", asked % 100 == 0 and "/cgi/hello.sh" or "/small.html")
            end
            """);
        await AskAsync(site, mix, "1s");
        var before = site.Server.ResidentBytes();
        await AskAsync(site, mix, "3s");
        var after = site.Server.ResidentBytes();
        Assert.True(after - before < MaxGrowth, $"{before} bytes before, {after} after");
        await site.CheckUnharmedAsync(open);
    }

    private static async Task AskAsync(TrialSite site, string script, string duration)
    {
        var result = await ExternalProgram.RunAsync(
            ExternalProgram.Find("wrk", "wrk"), ["-t2", "-c64", $"-d{duration}", "--timeout", "5s", "-s", script, site.Server.Address.ToString()]);
        var report = result.Succeeded();
        Assert.Contains("requests in", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(report);
    }
}
