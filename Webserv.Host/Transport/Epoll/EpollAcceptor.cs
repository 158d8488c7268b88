using Microsoft.Extensions.Logging;

namespace Webserv.Host.Transport.Epoll;

/// <summary>Accepts on one loop from one listening socket, which may be shared with other loops.</summary>
internal sealed class EpollAcceptor(EpollLoop loop, EpollListener listener, IConnectionHandler handler, ILogger logger)
    : EpollSource, IThreadPoolWorkItem
{
    private const int AcceptsPerTurn = 64;
    private const int BackOffMilliseconds = 250;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _socket = -1;
    private uint _events;
    private bool _suspended;

    /// <summary>Starts to accept.</summary>
    /// <exception cref="IOException">The system has no memory left.</exception>
    public void Start(int socket, bool shared)
    {
        // Level-triggered: what one turn does not accept is reported again in the next.
        _socket = socket;
        _events = LibC.EpollIn | (shared ? LibC.EpollExclusive : 0);
        var error = loop.Register(this, socket, _events);
        if (error != 0)
        {
            _socket = -1;
            throw new IOException($"cannot listen on {listener.Endpoint}: {LibC.Describe(error)}");
        }
    }

    /// <summary>Stops to accept. The socket is the listener's to close when the task has ended.</summary>
    public Task StopAsync()
    {
        loop.Post(this);
        return _stopped.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (!listener.IsInherited)
        {
            // Closing the socket would reset what waits on it. More of it than one turn takes is a flood.
            OnEvents(_events);
        }

        Stop();
    }

    internal override void Stop()
    {
        if (_socket >= 0)
        {
            loop.Unregister(this, _socket);
            loop.Timers.Remove(this);
            _socket = -1;
        }

        _stopped.TrySetResult();
    }

    /// <summary>A failure must not leave a socket to which the kernel gives connections that nobody accepts.</summary>
    internal override void OnFailure()
    {
        if (_socket >= 0)
        {
            loop.Unregister(this, _socket);
            loop.Timers.File(this, loop.Milliseconds + BackOffMilliseconds);
        }
    }

    internal override unsafe void OnEvents(uint events)
    {
        var address = stackalloc byte[SocketAddress.MaxSize];
        for (var i = 0; i < AcceptsPerTurn && _socket >= 0; i++)
        {
            uint length = SocketAddress.MaxSize;
            var socket = LibC.Accept(_socket, address, &length, LibC.SocketNonBlocking | LibC.SocketCloseOnExec);
            if (socket >= 0)
            {
                TakeOver(socket, SocketAddress.Read(new ReadOnlySpan<byte>(address, (int)Math.Min(length, SocketAddress.MaxSize))));
                if (socket >= DescriptorReserve.Ceiling && _socket >= 0)
                {
                    Suspend(LibC.EMFILE);
                    return;
                }

                continue;
            }

            switch (LibC.Errno)
            {
                case LibC.EAGAIN:
                    // Nobody waits any more: only now is it over. One connection in between ends no shortage.
                    Resumed();
                    return;
                case LibC.EINTR:
                    continue;
                case (LibC.ECONNABORTED or LibC.ECONNRESET or LibC.ETIMEDOUT or LibC.EPERM or LibC.EPROTO or LibC.ENOPROTOOPT
                    or LibC.ENETDOWN or LibC.ENETUNREACH or LibC.EHOSTDOWN or LibC.EHOSTUNREACH or LibC.ENONET or LibC.EOPNOTSUPP) and var lost:
                    // What accept(2) passes on are errors of the connection that waited, which is gone.
                    TransportLog.AcceptLost(logger, listener.ToString(), LibC.Describe(lost));
                    continue;
                case var error:
                    // A shortage (EMFILE, ENFILE, ENOBUFS, ENOMEM), or something that nobody has thought of and that may last.
                    Suspend(error);
                    return;
            }
        }
    }

    internal override void OnTimer(long now)
    {
        if (_socket < 0)
        {
            return;
        }

        if (DescriptorReserve.IsReached(_socket))
        {
            MakeRoom();
            loop.Timers.File(this, now + BackOffMilliseconds);
        }
        else if (loop.Register(this, _socket, _events) != 0)
        {
            loop.Timers.File(this, now + BackOffMilliseconds);
        }
    }

    private void TakeOver(int socket, in PeerAddress remote)
    {
        EpollConnection? connection = null;
        try
        {
            connection = new EpollConnection(loop, listener, socket, remote, listener.LocalEndPoint);
            var error = loop.Register(
                connection,
                socket,
                LibC.EpollIn | LibC.EpollOut | LibC.EpollPeerHangUp | LibC.EpollEdge);
            if (error != 0)
            {
                throw new IOException(LibC.Describe(error));
            }

            handler.OnConnection(connection);
        }
        catch (Exception error)
        {
            // Out of memory, for one. It costs this connection.
            TransportLog.AcceptFailed(logger, error, listener.ToString());
            if (connection is not null)
            {
                connection.Abort();
            }
            else
            {
                _ = LibC.Close(socket);
            }
        }
    }

    private void Suspend(int error)
    {
        // The connections that wait stay in the backlog. Asking for them again at once would only burn the processor.
        loop.Unregister(this, _socket);
        loop.Timers.File(this, loop.Milliseconds + BackOffMilliseconds);
        if (!_suspended)
        {
            _suspended = true;
            TransportLog.AcceptSuspended(logger, listener.ToString(), LibC.Describe(error), BackOffMilliseconds);
        }

        if (error is LibC.EMFILE or LibC.ENFILE)
        {
            MakeRoom();
        }
    }

    /// <summary>Whoever waits in the backlog for a descriptor has more need of it than who is idle.</summary>
    private unsafe void MakeRoom()
    {
        var wait = new LibC.PollEntry { Descriptor = _socket, Events = LibC.PollIn };
        if (LibC.Poll(&wait, 1, 0) > 0)
        {
            handler.MakeRoom(loop.Milliseconds);
        }
    }

    private void Resumed()
    {
        if (_suspended)
        {
            _suspended = false;
            TransportLog.AcceptResumed(logger, listener.ToString());
        }
    }
}
