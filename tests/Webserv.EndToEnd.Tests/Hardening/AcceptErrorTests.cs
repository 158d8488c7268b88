using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Accepts that fail: strace has the first ones of each thread return an error in place of a connection.</summary>
public sealed class AcceptErrorTests
{
    private const string Suspended = "trying again every";

    [Theory]
    [InlineData("Epoll", "ENOBUFS")]
    [InlineData("Sockets", "ENOMEM")]
    public async Task Accept_OutOfSomething_BacksOffAndRecovers(string transport, string error)
    {
        await using var site = await StartAsync(transport, error);
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        await site.Server.Log.WaitForAsync("again");
        Assert.Contains(site.Server.Log.Lines, line => line.Contains(Suspended, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task Accept_ConnectionAborted_GoesOnAtOnce(string transport)
    {
        await using var site = await StartAsync(transport, "ECONNABORTED");
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        Assert.DoesNotContain(site.Server.Log.Lines, line => line.Contains(Suspended, StringComparison.Ordinal));
    }

    private static async Task<TrialSite> StartAsync(string transport, string error)
    {
        var folder = TrialSite.Prepare();
        var configuration = await File.ReadAllTextAsync(folder.Configuration, TestContext.Current.CancellationToken);
        folder.Configure(configuration.Replace(
            "\"Limits\"", $"\"Transport\": {{ \"Kind\": \"{transport}\", \"EventLoops\": 1 }}, \"Limits\"", StringComparison.Ordinal));
        string[] launcher =
        [
            ExternalProgram.Find("strace", "strace"), "-D", "-f", "--seccomp-bpf", "-o", folder.Combine("trace.txt"),
            "-e", "trace=accept4,accept", "-e", $"inject=accept4,accept:error={error}:when=1..3",
        ];
        return await TrialSite.StartAsync(folder, launcher);
    }
}
