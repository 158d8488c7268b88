using System.Net;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Memory;

/// <summary>The server's end of a connection in memory.</summary>
internal sealed class MemoryConnection : IConnection
{
    private static long _lastId;

    private readonly MemoryTransport _transport;
    private readonly MemoryLink _link;
    private readonly ITimer _receiveTimer;
    private readonly ITimer _sendTimer;
    private long _receiveDeadline = long.MaxValue;
    private volatile string? _closedBecause;
    private int _closed;
    private int _receiving;
    private int _sending;
    private SendWatch? _sendWatch;
    private int _toldEnded;
    private int _toldReset;

    internal MemoryConnection(MemoryTransport transport, MemoryListener listener, MemoryLink link, IPEndPoint? remote, IPEndPoint? local)
    {
        _transport = transport;
        _link = link;
        Listener = listener;
        RemoteEndPoint = remote;
        LocalEndPoint = local;
        Id = Interlocked.Increment(ref _lastId);
        _receiveTimer = transport.Time.CreateTimer(static pipe => ((MemoryPipe)pipe!).Wake(), link.ToServer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _sendTimer = transport.Time.CreateTimer(static pipe => ((MemoryPipe)pipe!).Wake(), link.ToClient, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public long Id { get; }

    public IConnectionListener Listener { get; }

    public IPEndPoint? RemoteEndPoint { get; }

    public IPEndPoint? LocalEndPoint { get; }

    public IEventLoop Loop => _transport.Loop;

    public long ReceiveDeadline
    {
        get => Volatile.Read(ref _receiveDeadline);
        set
        {
            Volatile.Write(ref _receiveDeadline, value);
            _link.ToServer.Wake();
        }
    }

    public long ReceivedAt { get; private set; }

    public SendLimits SendLimits { get; set; } = SendLimits.Default;

    public IConnectionObserver? Observer { get; set; }

    public async ValueTask<ReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        Enter(ref _receiving);
        try
        {
            var input = _link.ToServer;
            while (true)
            {
                var changed = input.Changed;
                if (_closed != 0 || input.IsBroken)
                {
                    return new ReceiveResult(0, ReceiveStatus.Reset);
                }

                var ended = input.IsEnded;
                var count = input.Read(buffer.Span);
                if (count > 0 || (buffer.IsEmpty && input.IsReadable))
                {
                    return new ReceiveResult(count, ReceiveStatus.Received);
                }

                if (ended)
                {
                    return new ReceiveResult(0, ReceiveStatus.End);
                }

                var left = ReceiveDeadline == long.MaxValue ? long.MaxValue : ReceiveDeadline - Loop.Milliseconds;
                if (left <= 0)
                {
                    return new ReceiveResult(0, ReceiveStatus.TimedOut);
                }

                Set(_receiveTimer, left);
                if (left != long.MaxValue && ReceiveDeadline - Loop.Milliseconds < left)
                {
                    // The clock of a test has been moved on since it was read: the timer would be late by as much.
                    continue;
                }

                await changed.ConfigureAwait(false);
            }
        }
        finally
        {
            ReceivedAt = Loop.Milliseconds;
            Volatile.Write(ref _receiving, 0);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false)
    {
        Enter(ref _sending);
        try
        {
            var output = _link.ToClient;
            var waiting = false;
            while (!data.IsEmpty)
            {
                var changed = output.Changed;
                if (_link.ClientIsGone && _closed == 0)
                {
                    _link.Break();
                    TellReset();
                }

                if (_closed != 0 || output.IsBroken || output.IsEnded)
                {
                    throw new IOException(_closedBecause ?? "the connection is broken");
                }

                var count = output.Write(data.Span);
                if (count > 0)
                {
                    data = data[count..];
                    continue;
                }

                var watch = _sendWatch ??= new SendWatch(SendLimits);
                var now = Loop.Milliseconds;
                var left = data.Length + (long)output.Count;
                if (!waiting)
                {
                    watch.Begin(now, left);
                    waiting = true;
                }
                else if (!watch.Look(now, left))
                {
                    TransportLog.PeerGivenUp(_transport.Logger, Id, watch.Problem);
                    Close(watch.Problem, abort: true);
                    continue;
                }

                Set(_sendTimer, watch.Deadline - now);
                if (Loop.Milliseconds > now)
                {
                    continue;
                }

                await changed.ConfigureAwait(false);
            }
        }
        finally
        {
            Volatile.Write(ref _sending, 0);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body)
    {
        await SendAsync(head, more: true).ConfigureAwait(false);
        await SendAsync(body).ConfigureAwait(false);
    }

    public async ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count)
    {
        await SendAsync(head, more: true).ConfigureAwait(false);
        var buffer = new byte[(int)Math.Min(count, 64 * 1024)];
        while (count > 0)
        {
            var piece = buffer.AsMemory(0, (int)Math.Min(count, buffer.Length));
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

    public bool HoldsMoreThan(long latest) => _link.ToClient.Count > latest;

    public void ShutdownSend() => _link.ToClient.End();

    public void Abort() => Close("the connection was aborted", abort: true);

    public ValueTask DisposeAsync()
    {
        Close("the connection was closed", abort: false);
        return ValueTask.CompletedTask;
    }

    internal void TellEnded()
    {
        if (_closed == 0 && Interlocked.Exchange(ref _toldEnded, 1) == 0)
        {
            Observer?.OnPeerEnded();
        }
    }

    internal void TellReset()
    {
        if (Interlocked.Exchange(ref _toldReset, 1) == 0)
        {
            Observer?.OnReset();
        }
    }

    private static void Enter(ref int flag)
    {
        if (Interlocked.Exchange(ref flag, 1) != 0)
        {
            throw new InvalidOperationException("An operation of this kind is pending already.");
        }
    }

    private static void Set(ITimer timer, long milliseconds) => timer.Change(
        milliseconds > int.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds),
        Timeout.InfiniteTimeSpan);

    private void Close(string because, bool abort)
    {
        _closedBecause ??= because;
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        if (abort)
        {
            _link.Break();
            TellReset();
        }
        else
        {
            // In order: what was sent can still be read; what the client goes on to send is refused.
            _link.ToClient.End();
            _link.ToServer.Break();
        }

        _receiveTimer.Dispose();
        _sendTimer.Dispose();
        _transport.Forget(this);
    }
}
