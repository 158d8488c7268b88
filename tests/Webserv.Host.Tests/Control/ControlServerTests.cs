using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Control;
using Webserv.Host.Tests.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Control;

public sealed class ControlServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("webserv-control-").FullName;
    private readonly CollectingLoggerProvider _log = new();
    private readonly FakeTimeProvider _time = new();

    private string SocketPath => Path.Combine(_directory, "s");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task AskAsync_Command_GetsItsLineAgainAndAgain()
    {
        await using var server = Start();
        var text = new string('x', 300_000);
        for (var turn = 0; turn < 10; turn++)
        {
            Assert.Equal($"{{\"big\":\"{text}\"}}", await AskAsync("big"));
            Assert.Equal("{\"error\":\"unknown command; this server knows: big, fails\"}", await AskAsync("other"));
        }
    }

    [Fact]
    public async Task Start_Socket_IsTheOwnersAloneAndGoneAfterwards()
    {
        await using (Start())
        {
            Assert.Equal([SocketPath], Directory.GetFileSystemEntries(_directory));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
            }
        }

        Assert.Empty(Directory.GetFileSystemEntries(_directory));
        Assert.Null(await AskAsync("big"));
    }

    [Fact]
    public async Task Start_SocketLeftBehind_IsReplaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath + "2"));
            dead.Listen();
            File.Move(SocketPath + "2", SocketPath);
        }

        Assert.True(Path.Exists(SocketPath));
        Assert.Null(await AskAsync("big"));
        await using var server = Start();
        Assert.StartsWith("{\"big\"", await AskAsync("big"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AnotherServerListens_IsRefusedAndThatGoesOn()
    {
        await using var server = Start();
        Assert.Contains("another server listens there", Assert.Throws<IOException>(Start).Message, StringComparison.Ordinal);
        Assert.NotNull(await AskAsync("big"));
        Assert.Equal([SocketPath], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Start_SomethingElseIsThere_IsLeftAlone()
    {
        File.WriteAllText(SocketPath, "precious");
        Assert.Contains("no socket", Assert.Throws<IOException>(Start).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(SocketPath));
        File.Delete(SocketPath);
        Directory.CreateDirectory(SocketPath);
        Assert.Contains("directory", Assert.Throws<IOException>(Start).Message, StringComparison.Ordinal);
        Assert.Equal([SocketPath], Directory.GetFileSystemEntries(_directory));
    }

    [Fact]
    public void Start_NoSuchDirectory_NamesThePath()
    {
        var path = Path.Combine(_directory, "no", "s");
        Assert.Contains(path, Assert.Throws<IOException>(() => Start(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_CommandThatFails_IsLoggedAndEndsItsConnectionAlone()
    {
        await using var server = Start();
        Assert.Contains("broke its answer off", (await Assert.ThrowsAsync<IOException>(() => AskAsync("fails"))).Message, StringComparison.Ordinal);
        Assert.NotNull(await AskAsync("big"));
        Assert.Contains(_log.At(LogLevel.Error), message => message.Contains("a command failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Serve_LineWithoutEnd_IsCut()
    {
        await using var server = Start();
        using var client = await ConnectAsync();
        await client.SendAsync(Encoding.ASCII.GetBytes(new string('x', ControlServer.MaxLine)), TestContext.Current.CancellationToken);
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Serve_SilentClients_AreGivenUpAndOthersGetTheirTurn()
    {
        await using var server = Start();
        var silent = new List<Socket>();
        for (var client = 0; client < 6; client++)
        {
            silent.Add(await ConnectAsync());
        }

        // Whoever is served when the clock moves is given up; it takes as many turns as it takes.
        var ended = silent.Select(client => client.ReceiveAsync(new byte[1], TestContext.Current.CancellationToken).AsTask()).ToList();
        await ServerRig.WaitAsync(
            () =>
            {
                _time.Advance(ControlServer.Patience);
                return ended.TrueForAll(read => read.IsCompleted);
            },
            () => $"{ended.Count(read => !read.IsCompleted)} clients are waited for still");
        Assert.NotNull(await AskAsync("big"));
        silent.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task DisposeAsync_ClientInside_IsCut()
    {
        var server = Start();
        using var client = await ConnectAsync();
        await client.SendAsync("b"u8.ToArray(), TestContext.Current.CancellationToken);
        await server.DisposeAsync();
        Assert.False(Path.Exists(SocketPath));
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("/a\0b", "missing")]
    [InlineData("/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "98 bytes")]
    public void FindProblem_PathThatNoSocketCanHave_IsNamed(string path, string expected) =>
        Assert.Contains(expected, ControlPath.FindProblem(path), StringComparison.Ordinal);

    private Task<string?> AskAsync(string command) => ControlClient.AskAsync(SocketPath, command, TestContext.Current.CancellationToken);

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), TestContext.Current.CancellationToken);
        return socket;
    }

    private ControlServer Start() => Start(SocketPath);

    private ControlServer Start(string path)
    {
        var commands = new Dictionary<string, Func<string>>
        {
            ["big"] = () => $"{{\"big\":\"{new string('x', 300_000)}\"}}",
            ["fails"] = () => throw new InvalidOperationException("no"),
        };
        return ControlServer.Start(path, commands, _time, _log.CreateLogger("Webserv"));
    }
}
