using System.Net;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// A connected socket on an event loop. It is registered once, edge-triggered, for everything; what edges say is kept in
/// flags, so that a request costs one <c>recv</c> and one <c>send</c> and no call that only finds out it would block.
/// <para>
/// The receive operation and the connection itself are the locks of the two directions. System calls are made under them
/// (none of them blocks), and the descriptor is closed under both, so that no call can hit a descriptor that has become somebody else's.
/// Continuations and observers run outside, and always on top of the loop, never inside one another.
/// </para>
/// </summary>
internal sealed partial class EpollConnection : EpollSource, IConnection, IThreadPoolWorkItem
{
    private const uint InputEvents = LibC.EpollIn | LibC.EpollPeerHangUp | LibC.EpollHangUp | LibC.EpollError;
    private const uint EndEvents = LibC.EpollPeerHangUp | LibC.EpollHangUp | LibC.EpollError;
    private const uint OutputEvents = LibC.EpollOut | LibC.EpollHangUp | LibC.EpollError;

    private static long _lastId;

    private readonly EpollLoop _loop;
    private readonly PeerAddress _remote;
    private int _socket;
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

    public void Abort() => Close("the connection was aborted", abort: true);

    public ValueTask DisposeAsync()
    {
        Close("the connection was closed", abort: false);
        return ValueTask.CompletedTask;
    }

    internal override void Stop() => Abort();

    internal override void OnEvents(uint events)
    {
        if ((events & EndEvents) != 0)
        {
            TellEnd(events);
        }

        ContinueReceive(events & InputEvents);
        ContinueSend((events & OutputEvents) != 0);
    }

    internal override int LookAhead() => _socket + (_writable ? 1 : 0) + (_receive.IsPending ? 1 : 0);

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
                    received = _socket >= 0 && TryReceive(_buffer.Span, isReadable: false, out var late) ? late : received;
                    receiveTimedOut = ClaimReceive();
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

    private void TellEnd(uint events)
    {
        lock (_receive)
        {
            NoteInput(events);
        }

        bool sendShutDown;
        lock (this)
        {
            sendShutDown = _sendShutDown;
        }

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
