using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Epoll;

/// <summary>What is sent; under the lock of the connection itself, which is an object less to keep for an idle one.</summary>
internal sealed partial class EpollConnection
{
    private PendingSend? _send;
    private bool _writable = true;
    private bool _sendShutDown;
    private bool _isQueued;

    public SendLimits SendLimits { get; set; } = SendLimits.Default;

    public long Unsent { get; private set; }

    public ValueTask SendAsync(ReadOnlyMemory<byte> data, bool more = false) =>
        SendAsync(new EpollSend { Head = data, More = more });

    public ValueTask SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body) =>
        SendAsync(new EpollSend { Head = head, Body = body });

    public ValueTask SendFileAsync(ReadOnlyMemory<byte> head, SafeFileHandle file, long offset, long count) =>
        SendAsync(new EpollSend { Head = head, File = file, FileOffset = offset, FileLeft = count });

    public unsafe bool HoldsMoreThan(long latest)
    {
        lock (this)
        {
            int queued;
            return _socket >= 0 && LibC.DeviceControl(_socket, LibC.OutputQueue, &queued) == 0 && queued > latest;
        }
    }

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
                Unsent = send.Left;
                return ValueTask.FromException(new IOException(_closedBecause));
            }

            progress = _writable ? send.Continue(_socket, _loop) : EpollSendProgress.Blocked;
            switch (progress)
            {
                case EpollSendProgress.Done:
                    return ValueTask.CompletedTask;
                case EpollSendProgress.Failed:
                    Unsent = send.Left;
                    if (send.IsConnectionBroken)
                    {
                        _broken = true;
                    }

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
            if (_loop.IsCurrent)
            {
                ContinueSend();
            }
            else
            {
                _loop.Post(this);
            }
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

    /// <summary>It is this connection's turn to go on with a file.</summary>
    internal void SendSlice() => ContinueSend(isTurn: true);

    private void ContinueSend(bool isWritable = false, bool isTurn = false)
    {
        PendingSend send;
        Exception? failure = null;
        lock (this)
        {
            _writable |= isWritable;
            _isQueued &= !isTurn;
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
            else if (send.What.IsFile && !isTurn)
            {
                Queue();
                return;
            }
            else
            {
                var progress = send.What.Continue(_socket, _loop);
                if (send.Watch.LookedAt != _loop.Milliseconds)
                {
                    LookAtPeer(send, _loop.Milliseconds);
                }

                switch (progress)
                {
                    case EpollSendProgress.Blocked:
                        _writable = false;
                        return;
                    case EpollSendProgress.GaveWay:
                        Queue();
                        return;
                    case EpollSendProgress.Failed:
                        if (send.What.IsConnectionBroken)
                        {
                            _broken = true;
                        }

                        failure = send.What.Failure();
                        break;
                }
            }

            send.TryClaim();
            Unsent = failure is null ? 0 : send.What.Left;
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

    // Under the lock, on the loop.
    private void Queue()
    {
        if (!_isQueued)
        {
            _isQueued = true;
            _loop.Queue(this);
        }
    }
}
