using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Endpoints that somebody has already, and the kinds of endpoints there are.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task Run_PortOfAnotherProcess_NamesLineAndEndpointAndExits1()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var endpoint = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)other.LocalEndPoint!).Port}");
        using var folder = TrialSite.Prepare(listen: $"\"{endpoint}\"");
        var result = await RunAsync(folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(
            $"{folder.Configuration}:5: Webserv:VirtualServers:0:Listen:0: cannot listen on {endpoint}: address already in use", result.Errors, StringComparison.Ordinal);
        Assert.Empty(result.Output);
    }

    [Fact]
    public async Task Run_EndpointsOfASecondCopy_NamesEachAndLeavesTheFirstServing()
    {
        var path = Path.Combine(Path.GetTempPath(), $"webserv-{Guid.NewGuid():N}.sock");
        await using var site = await TrialSite.StartAsync(TrialSite.Prepare(listen: $"\"http://127.0.0.1:0\", \"http://[::1]:0\", \"unix:{path}\""), endpoints: 3);
        var (four, six) = (site.Server.Endpoints[0].Port, site.Server.Endpoints[1].Port);
        using var second = TrialSite.Prepare(listen: string.Create(
            CultureInfo.InvariantCulture, $"\"http://127.0.0.1:{four}\", \"http://[::1]:{six}\", \"unix:{path}\""));
        var result = await RunAsync(second);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($":Listen:0: cannot listen on http://127.0.0.1:{four}: address already in use", result.Errors, StringComparison.Ordinal);
        Assert.Contains($":Listen:1: cannot listen on http://[::1]:{six}: address already in use", result.Errors, StringComparison.Ordinal);
        Assert.Contains($":Listen:2: cannot listen on unix:{path}: address already in use", result.Errors, StringComparison.Ordinal);

        Assert.Equal(TrialSite.SmallLength, (await ExternalProgram.CurlAsync($"http://127.0.0.1:{four}/small.html")).Succeeded().Length);
        Assert.Equal(TrialSite.SmallLength, (await ExternalProgram.CurlAsync($"http://[::1]:{six}/small.html")).Succeeded().Length);
        Assert.Equal(TrialSite.SmallLength, (await ExternalProgram.CurlAsync("--unix-socket", path, "http://x/small.html")).Succeeded().Length);

        Assert.Equal(0, await site.Server.StopAsync());
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task Run_SocketFileOfADeadServer_IsTakenOver()
    {
        var path = Path.Combine(Path.GetTempPath(), $"webserv-{Guid.NewGuid():N}.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // A link of its own keeps the file when the socket is disposed, as it stays when a process is killed.
            dead.Bind(new UnixDomainSocketEndPoint(path + ".dead"));
            File.Move(path + ".dead", path);
        }

        Assert.True(File.Exists(path));
        await using var site = await TrialSite.StartAsync(TrialSite.Prepare(listen: $"\"unix:{path}\""));
        Assert.Equal(TrialSite.SmallLength, (await ExternalProgram.CurlAsync("--unix-socket", path, "http://x/small.html")).Succeeded().Length);
    }

    [Fact]
    public async Task Run_UnixPathOfAFile_LeavesTheFileAndExits1()
    {
        using var folder = TrialSite.Prepare(listen: "\"unix:www/small.html\"");
        var result = await RunAsync(folder);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(":Listen:0: cannot listen on unix:", result.Errors, StringComparison.Ordinal);
        Assert.Equal(TrialSite.SmallLength, new FileInfo(folder.Combine("www", "small.html")).Length);
    }

    private static Task<ProgramResult> RunAsync(ServerFolder folder) => ExternalProgram.RunAsync(
        "/usr/bin/env", ["XDG_CACHE_HOME=" + folder.MakeDirectory(".cache"), Repository.Server, "run", "--config", folder.Configuration]);
}
