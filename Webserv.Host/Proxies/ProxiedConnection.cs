using System.Net;
using Microsoft.Win32.SafeHandles;
using Webserv.Host.Transport;

namespace Webserv.Host.Proxies;

/// <summary>
/// A connection that came through a proxy which speaks the PROXY protocol: the addresses are the client's, and what came
/// behind the header is received first. It observes the connection from the beginning, so that a client that ends its side
/// together with the header is known to have done so.
/// </summary>
internal sealed class ProxiedConnection : IConnection, IConnectionObserver
{
    private readonly IConnection _inner;
    private readonly Lock _sync = new();
    private ProxyHeader _header = new(0, ProxyHeaderKind.Unknown);
    private ReadOnlyMemory<byte> _behind;
    private IConnectionObserver? _observer;
    private bool _ended;
    private bool _reset;

    /// <summary>Takes over a connection on which nothing was received yet.</summary>
    public ProxiedConnection(IConnection inner)
    {
        _inner = inner;
        inner.Observer = this;
    }

    /// <summary>Whether it is a client's whose address the proxy does not tell: the address is the proxy's, what is said is not.</summary>
    public bool IsClientUnknown => _header.Kind == ProxyHeaderKind.Unknown;

    public long Id => _inner.Id;

    public IConnectionListener Listener => _inner.Listener;

    public IPEndPoint? RemoteEndPoint => _header.Source ?? _inner.RemoteEndPoint;

    public IPEndPoint? LocalEndPoint => _header.Destination ?? _inner.LocalEndPoint;

    public IPEndPoint? PeerEndPoint => _inner.PeerEndPoint;

    public string Scheme => _header.IsTls ? "https" : _inner.Scheme;

    public IEventLoop Loop => _inner.Loop;

    public long ReceivedAt => _inner.ReceivedAt;

    public long ReceiveDeadline
    {
        get => _inner.ReceiveDeadline;
        set => _inner.ReceiveDeadline = value;
    }

    public SendLimits SendLimits
    {
        get => _inner.SendLimits;
        set => _inner.SendLimits = value;
    }

    public long Unsent => _inner.Unsent;

    public IConnectionObserver? Observer
    {
        get => _observer;
        set
        {
            bool ended, reset;
            lock (_sync)
            {
                _observer = value;
                (ended, reset) = (_ended, _reset);
            }

            // What it came too late for.
            if (ended)
            {
                value?.OnPeerEnded();
            }

            if (reset)
            {
                value?.OnReset();
            }
        }
    }

    /// <summary>Tells what the header said, and what came behind it.</summary>
    /// <param name="header">The header.</param>
    /// <param name="behind">Kept until it is received.</param>
    public void Begin(ProxyHeader header, ReadOnlyMemory<byte> behind)
    {
        _header = header;
        _behind = behind;
    }

    public ValueTask<ReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        if (_behind.IsEmpty)
        {
            return _inner.ReceiveAsync(buffer);
        }

        var count = Math.Min(buffer.Length, _behind.Length);
        _behind[..count].CopyTo(buffer);

        // Not a slice of nothing: that would hold on to the bytes.
        _behind = count == _behind.Length ? default : _behind[count..];
        return new(new ReceiveResult(count, ReceiveStatus.Received));
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false) => _inner.SendAsync(data, more);

    public ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) => _inner.SendAsync(head, body);

    public ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count) =>
        _inner.SendFileAsync(head, file, offset, count);

    public void ShutdownSend() => _inner.ShutdownSend();

    public void Abort() => _inner.Abort();

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    void IConnectionObserver.OnPeerEnded()
    {
        IConnectionObserver? observer;
        lock (_sync)
        {
            _ended = true;
            observer = _observer;
        }

        observer?.OnPeerEnded();
    }

    void IConnectionObserver.OnReset()
    {
        IConnectionObserver? observer;
        lock (_sync)
        {
            _reset = true;
            observer = _observer;
        }

        observer?.OnReset();
    }
}
