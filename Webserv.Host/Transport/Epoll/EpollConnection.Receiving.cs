namespace Webserv.Host.Transport.Epoll;

/// <summary>What is received; under the lock of the receive operation.</summary>
internal sealed partial class EpollConnection
{
    // Receives in one turn of the loop that find data at once, before others get their turn.
    private const int ReceivesPerTurn = 32;

    private readonly LoopOperation<ReceiveResult> _receive;
    private Memory<byte> _buffer;
    private Readiness _readable;
    private bool _inputEnded;
    private long _receiveDeadline = long.MaxValue;
    private long _receiveTurn;

    // The turn of the loop in which the pending receive was started there; -1 where it was started on another thread.
    private long _pendingSince;
    private int _receivesInTurn;
    private long _receivedAt;

    private enum Readiness : byte
    {
        No,
        Maybe,
        Yes,
    }

    public long ReceivedAt => Volatile.Read(ref _receivedAt);

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
                if (!retry && TryReceive(buffer.Span, isReadable: false, out var result))
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
            _pendingSince = _loop.IsCurrent ? _loop.Turn : -1;
            task = new(_receive, _receive.Start());
        }

        if (retry)
        {
            _loop.Post(this);
        }

        Arm(deadline);
        return task;
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
    /// <param name="buffer">Where it goes; where it is empty, only whether there is something is found out.</param>
    /// <param name="isReadable">Whether it is known that there is.</param>
    /// <param name="result">What came of it.</param>
    private unsafe bool TryReceive(Span<byte> buffer, bool isReadable, out ReceiveResult result)
    {
        result = default;
        if (buffer.IsEmpty && isReadable)
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

    /// <summary>Keeps what an edge said of the input. Under the lock.</summary>
    private void NoteInput(uint events)
    {
        _readable = Readiness.Yes;
        _inputEnded |= (events & EndEvents) != 0;

        // Set only, by threads under different locks.
        if ((events & LibC.EpollError) != 0)
        {
            _broken = true;
        }
    }

    /// <summary>
    /// Whether an event tells of something that came after the pending receive was started. One that the system had handed out with others before
    /// may be of what has been received since.
    /// </summary>
    private bool IsNews(uint events) => events != 0 && _pendingSince >= 0 && _pendingSince != _loop.Turn;

    /// <summary>Under the lock.</summary>
    private bool ClaimReceive()
    {
        Volatile.Write(ref _receivedAt, _loop.Milliseconds);
        _buffer = default;
        return _receive.TryClaim();
    }

    private void ContinueReceive(uint events = 0)
    {
        ReceiveResult result;
        lock (_receive)
        {
            if (events != 0)
            {
                NoteInput(events);
            }

            if (!_receive.IsPending)
            {
                return;
            }

            if (_socket < 0)
            {
                result = new ReceiveResult(0, ReceiveStatus.Reset);
            }
            else if (_readable == Readiness.No || !TryReceive(_buffer.Span, IsNews(events), out result))
            {
                return;
            }

            ClaimReceive();
        }

        _receive.Complete(result);
    }
}
