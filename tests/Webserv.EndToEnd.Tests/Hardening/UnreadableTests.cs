using System.Runtime.Versioning;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>
/// Directories and files that the server may not read. Nothing is forbidden to root, so a test that runs as root starts the
/// server as nobody.
/// </summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnreadableTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Everybody =
        OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    private const UnixFileMode EverybodyWrites = Everybody | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    private static bool IsRoot => Environment.UserName == "root";

    [Fact]
    public async Task RunAndCheck_UnreadableRoot_NameItWithLineAndPathAndExit1()
    {
        using var folder = Prepare();
        var root = folder.Combine("www");
        File.SetUnixFileMode(root, IsRoot ? OwnerOnly : UnixFileMode.None);
        try
        {
            foreach (var command in new[] { "check", "run" })
            {
                string[] arguments =
                    [.. AsNobody(), "/usr/bin/env", "XDG_CACHE_HOME=" + folder.Combine(".cache"), Program(folder), command, "--config", folder.Configuration];
                var result = await ExternalProgram.RunAsync(arguments[0], arguments[1..]);
                Assert.Equal(1, result.ExitCode);
                Assert.Equal(
                    $"{folder.Configuration}:6: Webserv:VirtualServers:0:Root: the root {root} cannot be read: Access to the path '{root}' is denied.\n",
                    result.Errors);
            }
        }
        finally
        {
            File.SetUnixFileMode(root, Everybody);
        }
    }

    [Fact]
    public async Task Get_FileBecomesUnreadableOrDirectoryGoesWhileServing_Is403Or404()
    {
        var folder = Prepare();
        folder.Write("www/below/file.txt", "below");
        await using var site = await TrialSite.StartAsync(folder, launcher: [.. AsNobody()], program: Program(folder));
        const string GetBelow = "GET /below/file.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(TrialSite.GetSmall)));
        Assert.Equal(200, TrialSite.StatusOf(await site.ExchangeAsync(GetBelow)));

        File.SetUnixFileMode(folder.Combine("www", "small.html"), IsRoot ? UnixFileMode.UserRead : UnixFileMode.None);
        await AnswersAsync(site, TrialSite.GetSmall, 403);

        Directory.Delete(folder.Combine("www", "below"), recursive: true);
        await AnswersAsync(site, GetBelow, 404);

        Directory.Delete(folder.Combine("www"), recursive: true);
        await AnswersAsync(site, TrialSite.GetSmall, 404);

        folder.Write("www/small.html", "back");
        await AnswersAsync(site, TrialSite.GetSmall, 200);
    }

    /// <summary>The open-file cache may answer for a moment as it was before.</summary>
    private static async Task AnswersAsync(TrialSite site, string request, int status)
    {
        var began = TimeProvider.System.GetTimestamp();
        int last;
        do
        {
            last = TrialSite.StatusOf(await site.ExchangeAsync(request));
        }
        while (last != status && TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));

        Assert.Equal(status, last);
    }

    private static ServerFolder Prepare()
    {
        var folder = TrialSite.Prepare();
        File.SetUnixFileMode(folder.Root, Everybody);
        File.SetUnixFileMode(folder.MakeDirectory(".cache"), EverybodyWrites);
        File.SetUnixFileMode(folder.Combine("up"), EverybodyWrites);
        folder.CopyDirectory(Path.GetDirectoryName(Repository.Server)!, "server");
        return folder;
    }

    /// <summary>A copy of the server where everybody may read it; the checkout may be in the home directory of root.</summary>
    private static string Program(ServerFolder folder) => folder.Combine("server", "webserv");

    private static string[] AsNobody() =>
        IsRoot ? [ExternalProgram.Find("setpriv", "util-linux"), "--reuid=65534", "--regid=65534", "--clear-groups"] : [];
}
