using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Activation;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

/// <summary>The common suite over System.Net.Sockets.</summary>
public sealed class SocketsTransportTests : TransportTests
{
    private const int MaxSegment = 2;

    internal override TransportRig CreateRig() => TransportRig.Of(TransportKind.Sockets);

    [Fact(Timeout = Patience)]
    public async Task Dispose_OfListenerWhereSomeWait_EndsWhenTheyAreHandedOver()
    {
        await using var rig = CreateRig();
        for (var round = 0; round < 50; round++)
        {
            // Who has connected to a Unix-domain socket waits there for certain.
            var handler = new AcceptHandler();
            var listener = rig.Listen(handler, "unix:" + Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
            using var first = await TransportRig.ConnectSocketAsync(listener);
            using var second = await TransportRig.ConnectSocketAsync(listener);
            await listener.DisposeAsync();
            Assert.Equal(2, handler.Count);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Send_PeerTakesALittleNowAndThen_GoesOnHoweverLongItTakes()
    {
        // Small buffers and segments: of what is sent, the system takes a part at once and the rest long after.
        using var listening = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024 };
        listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listening.Listen();
        var bound = (IPEndPoint)listening.LocalEndPoint!;
        var time = new FakeTimeProvider();
        var inherited = InheritedSockets.Of((int)listening.Handle, 1, []);
        await using var transport = TransportFactory.Create(
            new TransportOptions { Kind = TransportKind.Sockets }, NullLoggerFactory.Instance, time, inherited);
        var handler = new AcceptHandler();
        await using var listener = transport.Bind(new ListenEndpoint(bound.Address, bound.Port, null), handler);
        listener.Start();
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 2 * 1024 };
        client.SetRawSocketOption(LibC.LevelTcp, MaxSegment, BitConverter.GetBytes(536));
        await client.ConnectAsync(bound, TestContext.Current.CancellationToken);
        var server = await handler.AcceptAsync();
        var data = Bytes(64 * 1024, 3);
        var sending = server.SendAsync(data).AsTask();
        var received = new byte[data.Length];
        for (var have = 0; have < received.Length;)
        {
            have += await client.ReceiveAsync(received.AsMemory(have, Math.Min(512, received.Length - have)), TestContext.Current.CancellationToken);
            time.Advance(TimeSpan.FromSeconds(2));
        }

        await sending;
        Assert.Equal(data, received);
        await server.DisposeAsync();
    }
}
