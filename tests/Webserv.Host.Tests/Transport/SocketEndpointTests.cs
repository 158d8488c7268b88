using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Webserv.Host.Configuration;
using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>Endpoints of the transports over real sockets.</summary>
public sealed class SocketEndpointTests
{
    private const int Patience = 20_000;

    public static TheoryData<string> Kinds => OperatingSystem.IsLinux() ? ["Epoll", "Sockets"] : ["Sockets"];

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_IPv4_TellsAddresses(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        await CheckAddresses(rig, "http://127.0.0.1:0", IPAddress.Loopback);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_IPv6_TellsAddresses(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        await CheckAddresses(rig, "http://[::1]:0", IPAddress.IPv6Loopback);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_Star_IsReachedByIPv4AndIPv6(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        await CheckAddresses(rig, "http://*:0", IPAddress.Loopback);
        await CheckAddresses(rig, "http://*:0", IPAddress.IPv6Loopback);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_IPv4TakenByIPv6OfSamePort_IsNoConflict(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var first = rig.Listen(ServeHandler.Echo);
        var second = rig.Listen(ServeHandler.Echo, $"http://[::1]:{first.Port}");
        Assert.Equal(first.Port, second.Port);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_PortTakenBySomebodyElse_Fails(string kind)
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        var port = ((IPEndPoint)other.LocalEndPoint!).Port;
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var error = Assert.Throws<IOException>(() => rig.Listen(ServeHandler.Echo, $"http://127.0.0.1:{port}"));
        Assert.Equal($"cannot listen on http://127.0.0.1:{port}: address already in use", error.Message);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_PortTakenByAnotherTransport_Fails(string kind)
    {
        await using var first = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        await using var second = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var port = first.Listen(ServeHandler.Echo).Port;
        var error = Assert.Throws<IOException>(() => second.Listen(ServeHandler.Echo, $"http://*:{port}"));
        Assert.Equal($"cannot listen on http://*:{port}: address already in use", error.Message);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_AfterConnectionsWereClosedByTheServer_IsNotHinderedByTimeWait(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var endpoint = "http://127.0.0.1:0";
        for (var i = 0; i < 5; i++)
        {
            var handler = new ServeHandler(connection => connection.SendAsync(new byte[1]).AsTask());
            await using var listener = rig.Listen(handler, endpoint);
            endpoint = $"http://127.0.0.1:{listener.Port}";
            using var client = await rig.ConnectAsync(listener);
            Assert.Single(await client.ReceiveToEndAsync());
        }
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_AddressOfAnotherMachine_SaysSo(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var error = Assert.Throws<IOException>(() => rig.Listen(ServeHandler.Echo, "http://192.0.2.1:8080"));
        Assert.Equal("cannot listen on http://192.0.2.1:8080: this machine has no such address", error.Message);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_Unix_ServesAndRemovesItsFile(string kind)
    {
        var path = TemporaryPath();
        await using (var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind)))
        {
            var listener = rig.Listen(ServeHandler.Echo, "unix:" + path);
            Assert.Equal(0, listener.Port);
            for (var i = 0; i < 10; i++)
            {
                using var client = await rig.ConnectAsync(listener);
                await client.SendAsync(new byte[100]);
                Assert.Equal(100, (await client.ReceiveAsync(100)).Length);
            }

            Assert.True(File.Exists(path));
        }

        Assert.False(File.Exists(path));
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    [UnsupportedOSPlatform("windows")]
    public async Task Bind_Unix_LetsEveryUserConnectWhateverTheUmask(string kind)
    {
        var path = TemporaryPath();
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var listener = rig.Listen(ServeHandler.Echo, "unix:" + path);
        const UnixFileMode Everybody = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Assert.Equal(Everybody, File.GetUnixFileMode(path));

        // And the file of a server that was killed does not hand its own on.
        await listener.DisposeAsync();
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path + ".moved"));
            File.SetUnixFileMode(path + ".moved", UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(path + ".moved", path);
        }

        rig.Listen(ServeHandler.Echo, "unix:" + path);
        Assert.Equal(Everybody, File.GetUnixFileMode(path));
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_UnixInUse_FailsAndLeavesTheFile(string kind)
    {
        var path = TemporaryPath();
        await using var first = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        await using var second = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var listener = first.Listen(ServeHandler.Echo, "unix:" + path);
        var error = Assert.Throws<IOException>(() => second.Listen(ServeHandler.Echo, "unix:" + path));
        Assert.Equal($"cannot listen on unix:{path}: address already in use", error.Message);
        using var client = await first.ConnectAsync(listener);
        await client.SendAsync(new byte[1]);
        Assert.Single(await client.ReceiveAsync(1));
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_UnixFileOfDeadServer_IsReplaced(string kind)
    {
        var path = TemporaryPath();
        var moved = path + ".moved";
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));

            // Closing the socket would remove the file; a server that was killed leaves it.
            File.Move(path, moved);
        }

        File.Move(moved, path);
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        using var client = await rig.ConnectAsync(rig.Listen(ServeHandler.Echo, "unix:" + path));
        await client.SendAsync(new byte[1]);
        Assert.Single(await client.ReceiveAsync(1));
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_UnixPathIsARegularFile_FailsAndLeavesIt(string kind)
    {
        var path = TemporaryPath();
        await File.WriteAllTextAsync(path, "precious", TestContext.Current.CancellationToken);
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var error = Assert.Throws<IOException>(() => rig.Listen(ServeHandler.Echo, "unix:" + path));
        Assert.Equal($"cannot listen on unix:{path}: there is a file of that name that is no socket", error.Message);
        Assert.Equal("precious", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        File.Delete(path);
    }

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Kinds))]
    public async Task Bind_UnixPathTooLong_SaysSo(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var error = Assert.Throws<IOException>(() => rig.Listen(ServeHandler.Echo, "unix:/tmp/" + new string('x', 200)));
        Assert.StartsWith("cannot listen on unix:/tmp/xxx", error.Message, StringComparison.Ordinal);
        Assert.Contains("the path is", error.Message, StringComparison.Ordinal);
    }

    private static string TemporaryPath() => Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    private static async Task CheckAddresses(TransportRig rig, string endpoint, IPAddress address)
    {
        var handler = new AcceptHandler();
        var listener = rig.Listen(handler, endpoint);
        Assert.InRange(listener.Port, 1, 65535);

        // More connections than loops, so that each one's listening socket is met.
        for (var i = 0; i < 16; i++)
        {
            using var client = await TransportRig.ConnectSocketAsync(listener, address);
            var server = await handler.AcceptAsync();
            Assert.Same(listener, server.Listener);
            Assert.Equal(client.LocalEndPoint, server.RemoteEndPoint);
            Assert.Equal(client.RemoteEndPoint, server.LocalEndPoint);
            await server.DisposeAsync();
        }
    }
}
