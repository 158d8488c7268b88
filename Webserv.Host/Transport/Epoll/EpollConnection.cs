using System.Net;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// A connected socket on an event loop. It is registered once, edge-triggered, for everything; what edges say is kept in
/// flags, so that a request costs one <c>recv</c> and one <c>send</c> and no call that only finds out it would block.
/// <para>
/// The receive operation and the connection itself are the locks of the two directions. System calls are made under them (none of them blocks),
/// and the descriptor is closed under both, so that no call can hit a descriptor that has become somebody else's.
/// Continuations and observers run outside, and always on top of the loop, never inside one another.
/// </para>
/// </summary>
internal sealed class EpollConnection : EpollSource, IConnection, IThreadPoolWorkItem
{
    // Receives in one turn of the loop that find data at once, before others get their turn.
    private const int ReceivesPerTurn = 32;
    private const uint InputEvents = LibC.EpollIn | LibC.EpollPeerHangUp | LibC.EpollHangUp | LibC.EpollError;
    private const uint EndEvents = LibC.EpollPeerHangUp | LibC.EpollHangUp | LibC.EpollError;
    private const uint OutputEvents = LibC.EpollOut | LibC.EpollHangUp | LibC.EpollError;

    private static long _lastId;

    private readonly EpollLoop _loop;
    private readonly LoopOperation<ReceiveResult> _receive;
    private readonly PeerAddress _remote;
    private int _socket;

    // Receiving: under _receive.
    private Memory<byte> _buffer;
    private Readiness _readable;
    private bool _inputEnded;
    private long _receiveDeadline = long.MaxValue;
    private long _receiveTurn;
    private int _receivesInTurn;

    // Sending: under the connection itself, which is an object less to keep for an idle one.
    private PendingSend? _send;
    private bool _writable = true;
    private bool _sendShutDown;
    private string? _closedBecause;

    // The system tells of a reset once; after that a receive would take it for an end in order.
    private volatile bool _broken;

    // Observer: on the loop.
    private bool _toldEnded;
    private bool _toldReset;
    private volatile bool _aborted;
    private IPEndPoint? _localEndPoint;

    internal EpollConnection(EpollLoop loop, EpollListener listener, int socket, in PeerAddress remote, IPEndPoint? local)
    {
        _loop = loop;
        _socket = socket;
        _receive = new LoopOperation<ReceiveResult>(loop);
        _remote = remote;
        _localEndPoint = local;
        Listener = listener;
        Id = Interlocked.Increment(ref _lastId);
    }

    private enum Readiness : byte
    {
        No,
        Maybe,
        Yes,
    }

    public long Id { get; }

    public IConnectionListener Listener { get; }

    public IPEndPoint? RemoteEndPoint => _remote.ToEndPoint();

    public IPEndPoint? LocalEndPoint
    {
        get
        {
            // Bound to one address it is known; bound to all it is asked for once.
            if (_localEndPoint is null && _remote.Exists)
            {
                lock (_receive)
                {
                    _localEndPoint ??= _socket < 0 ? null : SocketAddress.LocalOf(_socket);
                }
            }

            return _localEndPoint;
        }
    }

    public IEventLoop Loop => _loop;

    public IConnectionObserver? Observer { get; set; }

    public SendLimits SendLimits { get; set; } = SendLimits.Default;

    public long ReceiveDeadline
    {
        get => Volatile.Read(ref _receiveDeadline);
        set
        {
            Volatile.Write(ref _receiveDeadline, value);
            Arm(value);
        }
    }

    public ValueTask<ReceiveResult> ReceiveAsync(Memory<byte> buffer)
    {
        long deadline;
        ValueTask<ReceiveResult> task;
        var retry = false;
        lock (_receive)
        {
            if (_receive.IsPending)
            {
                throw new InvalidOperationException("A receive is pending already.");
            }

            if (_socket < 0)
            {
                return new(new ReceiveResult(0, ReceiveStatus.Reset));
            }

            // Where the deadline has passed it is looked at all the same: what has come in time is not refused.
            if (_readable != Readiness.No || _receiveDeadline <= _loop.Milliseconds)
            {
                retry = TurnIsUsedUp();
                if (!retry && TryReceive(buffer.Span, out var result))
                {
                    return new(result);
                }
            }

            deadline = _receiveDeadline;
            if (!retry && deadline <= _loop.Milliseconds)
            {
                return new(new ReceiveResult(0, ReceiveStatus.TimedOut));
            }

            _buffer = buffer;
            task = new(_receive, _receive.Start());
        }

        if (retry)
        {
            _loop.Post(this);
        }

        Arm(deadline);
        return task;
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false) =>
        SendAsync(new EpollSend { Head = data, More = more });

    public ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) =>
        SendAsync(new EpollSend { Head = head, Body = body });

    public ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count) =>
        SendAsync(new EpollSend { Head = head, File = file, FileOffset = offset, FileLeft = count });

    public void ShutdownSend()
    {
        lock (this)
        {
            if (_socket >= 0 && !_sendShutDown)
            {
                _sendShutDown = true;
                _ = LibC.Shutdown(_socket, LibC.ShutdownWrite);
            }
        }
    }

    public void Abort() => Close("the connection was aborted", abort: true);

    public ValueTask DisposeAsync()
    {
        Close("the connection was closed", abort: false);
        return ValueTask.CompletedTask;
    }

    internal override void Stop() => Abort();

    internal override void OnEvents(uint events)
    {
        lock (_receive)
        {
            if ((events & InputEvents) != 0)
            {
                _readable = Readiness.Yes;
                _inputEnded |= (events & EndEvents) != 0;
                _broken |= (events & LibC.EpollError) != 0;
            }
        }

        bool sendShutDown;
        lock (this)
        {
            _writable |= (events & OutputEvents) != 0;
            sendShutDown = _sendShutDown;
        }

        if ((events & EndEvents) != 0)
        {
            // A hang-up is both directions ended, which is in order where this side has ended its own.
            if ((events & LibC.EpollError) != 0 || ((events & LibC.EpollHangUp) != 0 && !sendShutDown))
            {
                TellReset();
            }
            else
            {
                TellEnded();
            }
        }

        ContinueReceive();
        ContinueSend();
    }

    internal override void OnTimer(long now)
    {
        var receiveTimedOut = false;
        string? giveUp = null;
        var due = long.MaxValue;
        var received = new ReceiveResult(0, ReceiveStatus.TimedOut);
        lock (_receive)
        {
            if (_receive.IsPending)
            {
                if (_receiveDeadline <= now)
                {
                    // What has come meanwhile came in time: an end that is not the peer's must not take a request with it.
                    received = _socket >= 0 && TryReceive(_buffer.Span, out var late) ? late : received;
                    receiveTimedOut = _receive.TryClaim();
                    _buffer = default;
                }
                else
                {
                    due = _receiveDeadline;
                }
            }
        }

        lock (this)
        {
            giveUp = _send is { IsPending: true } waiting && waiting.Deadline <= now ? LookAtPeer(waiting, now) : null;
            due = Math.Min(due, SendDue());
        }

        if (giveUp is not null)
        {
            TransportLog.PeerGivenUp(_loop.Logger, Id, giveUp);
            Close(giveUp, abort: true);
        }
        else
        {
            _loop.Timers.File(this, due);

            // Somebody on another thread may have set an earlier deadline before it could see what this is filed for.
            Interlocked.MemoryBarrier();
            var deadline = Math.Min(
                _receive.IsPending ? Volatile.Read(ref _receiveDeadline) : long.MaxValue,
                SendDue());
            if (deadline < FiledFor)
            {
                _loop.Timers.File(this, deadline);
            }
        }

        if (receiveTimedOut)
        {
            _receive.Complete(received);
        }
    }

    /// <summary>Posted: goes on with what gave way to others, files a deadline, or ends what was pending when it was closed.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _socket) >= 0)
        {
            OnTimer(_loop.Milliseconds);
        }
        else
        {
            _loop.Timers.Remove(this);
            if (_aborted)
            {
                TellReset();
            }
        }

        ContinueReceive();
        ContinueSend();
    }

    private bool TurnIsUsedUp()
    {
        if (!_loop.IsCurrent)
        {
            return false;
        }

        if (_receiveTurn != _loop.Turn)
        {
            _receiveTurn = _loop.Turn;
            _receivesInTurn = 0;
        }

        return ++_receivesInTurn > ReceivesPerTurn;
    }

    /// <summary>Receives without waiting; <see langword="false"/> where there is nothing yet. Under the lock.</summary>
    private unsafe bool TryReceive(Span<byte> buffer, out ReceiveResult result)
    {
        result = default;
        if (buffer.IsEmpty && _readable == Readiness.Yes)
        {
            return true;
        }

        byte peeked;
        var peek = buffer.IsEmpty;
        while (true)
        {
            nint count;
            fixed (byte* start = buffer)
            {
                count = peek
                    ? LibC.Receive(_socket, &peeked, 1, LibC.MessagePeek)
                    : LibC.Receive(_socket, start, (nuint)buffer.Length, 0);
            }

            if (count > 0)
            {
                // A short count means that it is empty now, and an edge will tell of more; unless the end has been seen,
                // after which no edge comes.
                _readable = _inputEnded || peek ? Readiness.Yes : count < buffer.Length ? Readiness.No : Readiness.Maybe;
                result = new ReceiveResult(peek ? 0 : (int)count, ReceiveStatus.Received);
                return true;
            }

            if (count == 0)
            {
                _readable = Readiness.Yes;
                result = new ReceiveResult(0, _broken ? ReceiveStatus.Reset : peek ? ReceiveStatus.Received : ReceiveStatus.End);
                return true;
            }

            switch (LibC.Errno)
            {
                case LibC.EINTR:
                    continue;
                case LibC.EAGAIN:
                    _readable = Readiness.No;
                    return false;
                default:
                    _broken = true;
                    result = new ReceiveResult(0, ReceiveStatus.Reset);
                    return true;
            }
        }
    }

    private ValueTask SendAsync(EpollSend send)
    {
        ValueTask task;
        EpollSendProgress progress;
        long deadline;
        lock (this)
        {
            if (_send is { IsPending: true })
            {
                throw new InvalidOperationException("A send is pending already.");
            }

            if (_socket < 0)
            {
                return ValueTask.FromException(new IOException(_closedBecause));
            }

            progress = _writable ? send.Continue(_socket) : EpollSendProgress.Blocked;
            switch (progress)
            {
                case EpollSendProgress.Done:
                    return ValueTask.CompletedTask;
                case EpollSendProgress.Failed:
                    _broken |= send.IsConnectionBroken;
                    return ValueTask.FromException(send.Failure());
                case EpollSendProgress.Blocked:
                    _writable = false;
                    break;
            }

            var pending = _send ??= new PendingSend(_loop, SendLimits);
            pending.What = send;
            pending.Watch.Begin(_loop.Milliseconds, LeftForPeer(pending));
            deadline = pending.Deadline;
            task = new(pending, pending.Start());
        }

        if (progress == EpollSendProgress.GaveWay)
        {
            _loop.Post(this);
        }

        Arm(deadline);
        return task;
    }

    private long SendDue() => _send is { IsPending: true } send ? send.Deadline : long.MaxValue;

    /// <summary>Sees whether the peer takes what waits for it. Under the lock.</summary>
    /// <returns>Why it is to be given up, or <see langword="null"/>.</returns>
    private string? LookAtPeer(PendingSend send, long now) =>
        _socket < 0 || send.Watch.Look(now, LeftForPeer(send)) ? null : send.Watch.Problem;

    /// <summary>What the peer has not taken: what is to be sent, and what the system holds for it.</summary>
    private unsafe long LeftForPeer(PendingSend send)
    {
        int queued;
        return send.What.Left + (LibC.DeviceControl(_socket, LibC.OutputQueue, &queued) == 0 ? queued : 0);
    }

    private void ContinueReceive()
    {
        ReceiveResult result;
        lock (_receive)
        {
            if (!_receive.IsPending)
            {
                return;
            }

            if (_socket < 0)
            {
                result = new ReceiveResult(0, ReceiveStatus.Reset);
            }
            else if (_readable == Readiness.No || !TryReceive(_buffer.Span, out result))
            {
                return;
            }

            _receive.TryClaim();
            _buffer = default;
        }

        _receive.Complete(result);
    }

    private void ContinueSend()
    {
        PendingSend send;
        Exception? failure = null;
        lock (this)
        {
            if (_send is not { IsPending: true } pending)
            {
                return;
            }

            send = pending;
            if (_socket < 0)
            {
                failure = new IOException(_closedBecause);
            }
            else if (!_writable)
            {
                return;
            }
            else
            {
                var progress = send.What.Continue(_socket);
                LookAtPeer(send, _loop.Milliseconds);
                switch (progress)
                {
                    case EpollSendProgress.Blocked:
                        _writable = false;
                        return;
                    case EpollSendProgress.GaveWay:
                        _loop.Post(this);
                        return;
                    case EpollSendProgress.Failed:
                        _broken |= send.What.IsConnectionBroken;
                        failure = send.What.Failure();
                        break;
                }
            }

            send.TryClaim();
            send.What = default;
        }

        if (failure is null)
        {
            send.Complete(true);
        }
        else
        {
            send.Fail(failure);
        }
    }

    /// <summary>Has the wheel look at this connection at that time or before.</summary>
    private void Arm(long deadline)
    {
        if (_loop.IsCurrent)
        {
            if (deadline < FiledFor && Volatile.Read(ref _socket) >= 0)
            {
                _loop.Timers.File(this, deadline);
            }

            return;
        }

        Interlocked.MemoryBarrier();
        if (deadline < FiledFor)
        {
            _loop.Post(this);
        }
    }

    private unsafe void Close(string because, bool abort)
    {
        lock (_receive)
        {
            lock (this)
            {
                if (_socket < 0)
                {
                    return;
                }

                if (abort)
                {
                    // Closing with a linger of nothing is a reset.
                    var linger = new LibC.Linger { OnOff = 1, Seconds = 0 };
                    _ = LibC.SetSocketOption(_socket, LibC.LevelSocket, LibC.OptionLinger, &linger, (uint)sizeof(LibC.Linger));
                    _aborted = true;
                }

                _closedBecause = because;
                _loop.Release(this);
                _ = LibC.Close(_socket);
                Volatile.Write(ref _socket, -1);
                if (!abort && !_receive.IsPending && _send is not { IsPending: true } && _loop.IsCurrent)
                {
                    _loop.Timers.Remove(this);
                    return;
                }
            }
        }

        // What is pending ends on top of the loop, not inside whoever closes this.
        _loop.Post(this);
    }

    private void TellEnded()
    {
        if (!_toldEnded)
        {
            _toldEnded = true;
            Tell(static observer => observer.OnPeerEnded());
        }
    }

    private void TellReset()
    {
        if (!_toldReset)
        {
            _toldReset = true;
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
            TransportLog.ObserverFailed(_loop.Logger, error, Id);
            Abort();
        }
    }
}
