using Webserv.EndToEnd.Tests.Hardening;

namespace Webserv.EndToEnd.Tests.Logging;

/// <summary>The log of a running server, whose lines hold paths that clients made up.</summary>
public sealed class LogLineTests
{
    [Fact]
    public async Task Path_WithControlCharacters_IsEscaped()
    {
        var folder = TrialSite.Prepare();
        var configuration = await File.ReadAllTextAsync(folder.Configuration, TestContext.Current.CancellationToken);
        folder.Configure(configuration.Replace("\"KillGrace\"", "\"CheckScriptExists\": false, \"KillGrace\"", StringComparison.Ordinal));
        await using var site = await TrialSite.StartAsync(folder);
        var answer = await site.ExchangeAsync("GET /cgi/%1b%5b31mX%0Aforged%0dLine%c2%9b.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        Assert.Equal(502, TrialSite.StatusOf(answer));
        await site.Server.Log.WaitForAsync("Webserv.Pipeline[111]");
        Assert.Equal(0, await site.Server.StopAsync());
        Assert.Contains(site.Server.Log.Lines, static line => line.Contains(@"\x1b[31mX", StringComparison.Ordinal) && line.Contains(@"forged\rLine\x9b.py", StringComparison.Ordinal));
        Assert.Contains(site.Server.Log.Lines, static line => line.Contains("Webserv.Pipeline[111]", StringComparison.Ordinal) && line.Contains(@"/cgi/\x1b[31mX", StringComparison.Ordinal));
        Assert.All(site.Server.Log.Lines, static line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d (trce|dbug|info|warn|fail|crit): Webserv", line));
        Assert.DoesNotContain(site.Server.Log.Lines, static line => line.Any(char.IsControl));
    }
}
