using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Configuration;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Activation;
using Webserv.Host.Transport.Memory;

namespace Webserv.Host.Tests.Transport;

/// <summary>A transport under test, and the way to be its client.</summary>
internal sealed class TransportRig : IAsyncDisposable
{
    private readonly FakeTimeProvider? _time;

    private TransportRig(ITransport transport, FakeTimeProvider? time)
    {
        Transport = transport;
        _time = time;
    }

    public ITransport Transport { get; }

    public static TransportRig OfMemory()
    {
        var time = new FakeTimeProvider();
        return new TransportRig(new MemoryTransport(NullLoggerFactory.Instance, time), time);
    }

    public static TransportRig Of(TransportKind kind, int loops = 2, InheritedSockets? inherited = null) => new(
        TransportFactory.Create(new TransportOptions { Kind = kind, EventLoops = loops }, NullLoggerFactory.Instance, TimeProvider.System, inherited),
        null);

    public IConnectionListener Listen(IConnectionHandler handler, string endpoint = "http://127.0.0.1:0")
    {
        Assert.True(ListenEndpoint.TryParse(endpoint, Path.GetTempPath(), out var parsed, out var problem), problem);
        var listener = Transport.Bind(parsed, handler);
        listener.Start();
        return listener;
    }

    public async Task<TestClient> ConnectAsync(IConnectionListener listener)
    {
        if (Transport is MemoryTransport memory)
        {
            return TestClient.Of(await memory.ConnectAsync(listener));
        }

        return TestClient.Of(await ConnectSocketAsync(listener));
    }

    public static async Task<Socket> ConnectSocketAsync(IConnectionListener listener, IPAddress? address = null)
    {
        EndPoint to = listener.Endpoint.UnixPath is { } path
            ? new UnixDomainSocketEndPoint(path)
            : new IPEndPoint(address ?? listener.Endpoint.Address!, listener.Port);
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(to, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>A client, and the server's end of its connection.</summary>
    public async Task<(TestClient Client, IConnection Server)> ConnectPairAsync()
    {
        var handler = new AcceptHandler();
        var client = await ConnectAsync(Listen(handler));
        return (client, await handler.AcceptAsync());
    }

    /// <summary>Lets time pass where it is a fake; elsewhere it passes by itself.</summary>
    public void Pass(int milliseconds) => _time?.Advance(TimeSpan.FromMilliseconds(milliseconds));

    public ValueTask DisposeAsync() => Transport.DisposeAsync();
}
