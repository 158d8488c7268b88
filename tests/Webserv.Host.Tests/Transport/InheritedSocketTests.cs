using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Webserv.Host.Configuration;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Tests.Transport;

/// <summary>Endpoints that are served from sockets which somebody else has bound.</summary>
public sealed class InheritedSocketTests
{
    private const int Patience = 20_000;

    public static TheoryData<string, string> Cases => new()
    {
        { "Epoll", "127.0.0.1" }, { "Epoll", "::1" }, { "Epoll", "::" }, { "Sockets", "127.0.0.1" }, { "Sockets", "::1" }, { "Sockets", "::" },
    };

    [Theory(Timeout = Patience)]
    [MemberData(nameof(Cases))]
    public async Task Bind_InternetSocketHandedOver_ServesFromItAndLeavesItOpen(string kind, string address)
    {
        using var socket = Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        socket.Listen();
        var bound = (IPEndPoint)socket.LocalEndPoint!;
        var endpoint = new ListenEndpoint(bound.Address, bound.Port, null);
        var inherited = InheritedSockets.Of((int)socket.Handle, 1, ["web"]);
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind), inherited: inherited);
        for (var round = 0; round < 2; round++)
        {
            var listener = rig.Listen(ServeHandler.Echo, endpoint.ToString());
            if (kind == "Epoll")
            {
                // What is accepted from it inherits this; the other transport sets it on each connection.
                Assert.True(socket.NoDelay);
            }

            Assert.Equal(bound.Port, listener.Port);
            for (var i = 0; i < 8; i++)
            {
                await EchoAsync(await ConnectAsync(bound));
            }

            await listener.DisposeAsync();
        }

        Assert.Empty(inherited.Unused);

        // Who connects while nobody serves waits for the next one.
        using var waiting = await ConnectAsync(bound);
        rig.Listen(ServeHandler.Echo, endpoint.ToString());
        await EchoAsync(waiting);
    }

    [Theory(Timeout = Patience)]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    [UnsupportedOSPlatform("windows")]
    public async Task Bind_UnixSocketHandedOver_ServesFromItAndLeavesTheFile(string kind)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        socket.Listen();
        await using (var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind), inherited: InheritedSockets.Of((int)socket.Handle, 1, [])))
        {
            var listener = rig.Listen(ServeHandler.Echo, "unix:" + path);
            await EchoAsync(await TransportRig.ConnectSocketAsync(listener));
        }

        // Who may connect is for the service manager to say (SocketMode=).
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    [Fact]
    public void Of_WhatCannotBeAcceptedFrom_SaysWhatItIs()
    {
        using var silent = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var file = new TemporaryFile([]);
        var socket = Assert.Single(InheritedSockets.Of((int)silent.Handle, 1, ["first", "second"]).Unused);
        Assert.Equal($"descriptor {silent.Handle} 'first' (not a stream socket that listens)", socket.ToString());
        Assert.Null(Assert.Single(InheritedSockets.Of((int)file.Handle.DangerousGetHandle(), 1, []).Unused).Endpoint);
        Assert.Contains("bad file descriptor", InheritedSockets.Of(100_000_000, 1, []).Unused[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AnotherEndpoint_IsNotServedFromIt()
    {
        using var socket = Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var inherited = InheritedSockets.Of((int)socket.Handle, 1, []);
        Assert.Equal(-1, inherited.Open(new ListenEndpoint(IPAddress.Any, port, null)));
        Assert.Equal(-1, inherited.Open(new ListenEndpoint(IPAddress.Loopback, port ^ 1, null)));
        Assert.Equal(new ListenEndpoint(IPAddress.Loopback, port, null), Assert.Single(inherited.Unused).Endpoint);
    }

    private static Socket Bind(IPEndPoint endpoint)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint.Address.Equals(IPAddress.IPv6Any))
        {
            socket.DualMode = true;
        }

        socket.Bind(endpoint);
        return socket;
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint bound)
    {
        var to = bound.Address.Equals(IPAddress.IPv6Any) ? IPAddress.Loopback : bound.Address;
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(to, bound.Port, TestContext.Current.CancellationToken);
        return socket;
    }

    private static async Task EchoAsync(Socket socket)
    {
        using var client = TestClient.Of(socket);
        await client.SendAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await client.ReceiveAsync(5));
    }
}
