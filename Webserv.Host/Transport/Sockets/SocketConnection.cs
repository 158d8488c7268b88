using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Sockets;

/// <summary>A connected socket on the thread pool.</summary>
internal sealed partial class SocketConnection : IConnection
{
    // A send is cut into slices, each of which counts as progress.
    private const int SliceSize = 16 * 1024;
    private const int FileBufferSize = 64 * 1024;

    private static long _lastId;

    private readonly SocketTransport _transport;
    private readonly Socket _socket;
    private readonly Lock _lock = new();
    private CancellationTokenSource _receiveTimeout = new();
    private bool _receiving;
    private volatile bool _closed;
    private volatile bool _broken;
    private long _receiveDeadline = long.MaxValue;
    private long _sendDeadline = long.MaxValue;
    private SendWatch? _sendWatch;
    private int _sending;
    private volatile string? _closedBecause;
    private int _toldEnded;
    private int _toldReset;

    internal SocketConnection(SocketTransport transport, SocketListener listener, Socket socket)
    {
        _transport = transport;
        _socket = socket;
        Listener = listener;
        RemoteEndPoint = Unmap(socket.RemoteEndPoint as IPEndPoint);
        LocalEndPoint = Unmap(socket.LocalEndPoint as IPEndPoint);
        Id = Interlocked.Increment(ref _lastId);
    }

    public long Id { get; }

    public IConnectionListener Listener { get; }

    public IPEndPoint? RemoteEndPoint { get; }

    public IPEndPoint? LocalEndPoint { get; }

    public IEventLoop Loop => _transport.Loop;

    public long ReceiveDeadline
    {
        get => Volatile.Read(ref _receiveDeadline);
        set => Volatile.Write(ref _receiveDeadline, value);
    }

    public long ReceivedAt { get; private set; }

    public SendLimits SendLimits { get; set; } = SendLimits.Default;

    public IConnectionObserver? Observer { get; set; }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false)
    {
        while (!data.IsEmpty)
        {
            var slice = data[..Math.Min(data.Length, SliceSize)];
            data = data[await SendSliceAsync(slice).ConfigureAwait(false)..];
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        if (head.Length + (long)body.Length > SliceSize)
        {
            await SendAsync(head).ConfigureAwait(false);
            await SendAsync(body).ConfigureAwait(false);
            return;
        }

        var both = ArrayPool<byte>.Shared.Rent(SliceSize);
        head.CopyTo(both);
        body.CopyTo(both.AsMemory(head.Length));
        await SendAsync(both.AsMemory(0, head.Length + body.Length)).ConfigureAwait(false);
        ArrayPool<byte>.Shared.Return(both);
    }

    public async ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count)
    {
        await SendAsync(head).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(FileBufferSize);
        try
        {
            while (count > 0)
            {
                var piece = buffer.AsMemory(0, (int)Math.Min(count, FileBufferSize));
                var read = await RandomAccess.ReadAsync(file, piece, offset).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException($"the file ended {count} bytes early");
                }

                await SendAsync(piece[..read]).ConfigureAwait(false);
                offset += read;
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public bool HoldsMoreThan(long latest)
    {
        lock (_lock)
        {
            return !_closed && SocketQueue.CountUnsent(_socket) > latest;
        }
    }

    public void ShutdownSend()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            try
            {
                _socket.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The connection is broken, which the next receive tells.
            }
        }
    }

    public void Abort() => Close("the connection was aborted", abort: true);

    public ValueTask DisposeAsync()
    {
        Close("the connection was closed", abort: false);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends what has passed its deadline, and finds out whether a peer has gone that nobody receives from.</summary>
    internal void Look(long now)
    {
        if (Volatile.Read(ref _sendDeadline) <= now && LookAtPeer(now) is { } giveUp)
        {
            TransportLog.PeerGivenUp(_transport.Logger, Id, giveUp);
            Close(giveUp, abort: true);
            return;
        }

        CancellationTokenSource? timedOut = null;
        var ended = false;
        var reset = false;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            if (_receiving)
            {
                timedOut = ReceiveDeadline <= now ? _receiveTimeout : null;
            }
            else if (Observer is not null)
            {
                ended = PeerHasGone(out reset);
            }
        }

        timedOut?.Cancel();
        if (reset)
        {
            Broken();
        }
        else if (ended)
        {
            TellEnded();
        }
    }

    private static IPEndPoint? Unmap(IPEndPoint? endpoint) =>
        endpoint is { Address.IsIPv4MappedToIPv6: true } ? new IPEndPoint(endpoint.Address.MapToIPv4(), endpoint.Port) : endpoint;

    /// <summary>Sees whether the peer takes what waits for it.</summary>
    /// <returns>Why it is to be given up, or <see langword="null"/>.</returns>
    private string? LookAtPeer(long now)
    {
        lock (_lock)
        {
            if (_closed || _sending == 0 || _sendWatch is not { } watch)
            {
                return null;
            }

            var goesOn = watch.Look(now, _sending + SocketQueue.CountUnsent(_socket));
            Volatile.Write(ref _sendDeadline, watch.Deadline);
            return goesOn ? null : watch.Problem;
        }
    }

    private void BeginSending(int count)
    {
        lock (_lock)
        {
            _sending = count;
            _sendWatch ??= new SendWatch(SocketQueue.CanBeCounted ? SendLimits : SendLimits.WithoutGrace());
            if (!_closed)
            {
                _sendWatch.Begin(Loop.Milliseconds, count + SocketQueue.CountUnsent(_socket));
                Volatile.Write(ref _sendDeadline, _sendWatch.Deadline);
            }
        }
    }

    private void EndSending()
    {
        lock (_lock)
        {
            _sending = 0;
            Volatile.Write(ref _sendDeadline, long.MaxValue);
            if (!_closed)
            {
                _sendWatch!.Look(Loop.Milliseconds, SocketQueue.CountUnsent(_socket));
            }
        }
    }

    private bool PeerHasGone(out bool reset)
    {
        reset = false;
        Span<byte> peeked = stackalloc byte[1];
        var count = _socket.Receive(peeked, SocketFlags.Peek, out var error);
        if (error == SocketError.WouldBlock)
        {
            return false;
        }

        reset = error != SocketError.Success;
        return reset || count == 0;
    }

    private async ValueTask<int> SendSliceAsync(ReadOnlyMemory<byte> slice)
    {
        if ((_closedBecause ?? (_broken ? "the connection is broken" : null)) is { } because)
        {
            throw new IOException(because);
        }

        if (SocketQueue.CanBeCounted)
        {
            if (SendAtOnce(slice.Span) is > 0 and var sent)
            {
                return sent;
            }

            // Of more than a byte the system may take a part without telling, which would look like a peer that takes nothing.
            slice = slice[..1];
        }

        BeginSending(slice.Length);
        try
        {
            return await _socket.SendAsync(slice).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            Broken();

            throw new IOException(_closedBecause ?? $"the connection is broken: {error.Message}", error);
        }
        finally
        {
            EndSending();
        }
    }

    private int SendAtOnce(ReadOnlySpan<byte> slice)
    {
        lock (_lock)
        {
            return _closed ? 0 : SocketQueue.Send(_socket, slice);
        }
    }

    private void Broken()
    {
        // The system tells of a reset once; after that a receive would take it for an end in order.
        _broken = true;
        if (!_closed)
        {
            TellReset();
        }
    }

    private void Close(string because, bool abort)
    {
        CancellationTokenSource? receiving = null;
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            _closedBecause = because;
            if (abort)
            {
                // Closing without time to linger is a reset.
                try
                {
                    _socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
                catch (SocketException)
                {
                    // Broken already: there is nothing to reset.
                }

                _socket.Close(0);
            }
            else if (_receiving)
            {
                // Disposing a socket that receives resets the connection, so the receive ends first and disposes it.
                receiving = _receiveTimeout;
            }
            else
            {
                _socket.Dispose();
            }
        }

        receiving?.Cancel();
        _transport.Forget(this);
        if (abort)
        {
            TellReset();
        }
    }

    private void TellEnded()
    {
        if (Interlocked.Exchange(ref _toldEnded, 1) == 0)
        {
            Tell(static observer => observer.OnPeerEnded());
        }
    }

    private void TellReset()
    {
        if (Interlocked.Exchange(ref _toldReset, 1) == 0)
        {
            Tell(static observer => observer.OnReset());
        }
    }

    private void Tell(Action<IConnectionObserver> what)
    {
        if (Observer is not { } observer)
        {
            return;
        }

        try
        {
            what(observer);
        }
        catch (Exception error)
        {
            TransportLog.ObserverFailed(_transport.Logger, error, Id);
            Abort();
        }
    }
}
