using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// A descriptor that is read or written without blocking. Calls are made under the lock of the operation, and the
/// descriptor is closed under it, so that none can hit a descriptor that has become somebody else's.
/// </summary>
internal sealed class EpollPipe : EpollSource
{
    private readonly EpollLoop _loop;
    private readonly SafeFileHandle _handle;
    private readonly int _descriptor;
    private readonly LoopOperation<int> _operation;
    private Memory<byte> _reading;
    private ReadOnlyMemory<byte> _writing;
    private readonly bool _isRead;
    private bool _ready = true;
    private bool _registered;
    private bool _hungUp;
    private bool? _isStreamSocket;
    private volatile bool _closed;
    private CancellationToken _cancellation;
    private CancellationTokenRegistration _registration;

    private EpollPipe(EpollLoop loop, SafeFileHandle handle, bool isRead)
    {
        _loop = loop;
        _isRead = isRead;
        _handle = handle;
        _descriptor = (int)handle.DangerousGetHandle();
        _operation = new LoopOperation<int>(loop);
    }

    public bool IsClosed => _closed;

    /// <summary>Takes over a descriptor.</summary>
    /// <exception cref="IOException">It cannot be read by events.</exception>
    public static EpollPipe Open(EpollLoop loop, SafeFileHandle handle, bool isRead)
    {
        try
        {
            var pipe = new EpollPipe(loop, handle, isRead);
            var flags = LibC.Control(pipe._descriptor, LibC.GetFlags, 0);
            if (flags < 0 || LibC.Control(pipe._descriptor, LibC.SetFlags, flags | LibC.OpenNonBlocking) < 0)
            {
                throw new IOException($"cannot make the descriptor non-blocking: {LibC.Describe(LibC.Errno)}");
            }

            // Room to write is seldom waited for, and telling of it wakes the loop each time the other side has read.
            return !isRead || pipe.TryRegister(out var error) ? pipe : throw error;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation) =>
        !TryStart(buffer, default, cancellation, out var version, out var count, out var error)
            ? new ValueTask<int>(_operation, version)
            : error is null ? new ValueTask<int>(count) : ValueTask.FromException<int>(error);

    public ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellation) =>
        !TryStart(default, buffer, cancellation, out var version, out _, out var error)
            ? new ValueTask(_operation, version)
            : error is null ? ValueTask.CompletedTask : ValueTask.FromException(error);

    /// <summary>Closes the descriptor; what is pending fails. From any thread.</summary>
    public void Close()
    {
        bool pending;
        lock (_operation)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
            if (_registered)
            {
                _loop.Unregister(this, _descriptor);
            }

            _handle.Dispose();
            pending = Claim();
        }

        if (pending)
        {
            Finish(0, new ObjectDisposedException(nameof(Stream), "The stream was closed while it was used."));
        }
    }

    internal override void Stop() => Close();

    internal override void OnTimer(long now)
    {
    }

    internal override void OnEvents(uint events)
    {
        int count;
        Exception? error;
        lock (_operation)
        {
            _ready = true;
            _hungUp = (events & ~(LibC.EpollIn | LibC.EpollOut)) != 0;
            if (!_operation.IsPending || !Try(out count, out error))
            {
                return;
            }

            Claim();
        }

        Finish(count, error);
    }

    /// <summary>Starts an operation; <see langword="true"/> where it has ended at once.</summary>
    private bool TryStart(
        Memory<byte> reading,
        ReadOnlyMemory<byte> writing,
        CancellationToken cancellation,
        out short version,
        out int count,
        out Exception? error)
    {
        version = 0;
        if (cancellation.IsCancellationRequested)
        {
            count = 0;
            error = new OperationCanceledException(cancellation);
            return true;
        }

        lock (_operation)
        {
            if (_operation.IsPending)
            {
                throw new InvalidOperationException("An operation is pending already.");
            }

            _reading = reading;
            _writing = writing;
            if (Try(out count, out error))
            {
                Claim();
                return true;
            }

            if (!cancellation.CanBeCanceled)
            {
                version = _operation.Start();
                return false;
            }
        }

        // Registered before the operation is pending, so that whoever ends it can take the registration with it, and
        // outside of the lock, because a token that has just been cancelled calls back from here.
        var registration = cancellation.UnsafeRegister(static pipe => ((EpollPipe)pipe!).Cancel(), this);
        bool ended;
        lock (_operation)
        {
            ended = Try(out count, out error);
            if (ended)
            {
                Claim();
            }
            else
            {
                _cancellation = cancellation;
                _registration = registration;
                version = _operation.Start();
            }
        }

        if (ended)
        {
            registration.Dispose();
        }
        else if (cancellation.IsCancellationRequested)
        {
            Cancel();
        }

        return ended;
    }

    private void Cancel()
    {
        CancellationToken cancellation;
        lock (_operation)
        {
            cancellation = _cancellation;
            if (!Claim())
            {
                return;
            }
        }

        Finish(0, new OperationCanceledException(cancellation));
    }

    /// <summary>Takes the pending operation, if there is one. Under the lock.</summary>
    private bool Claim()
    {
        _reading = default;
        _writing = default;
        _cancellation = default;
        return _operation.TryClaim();
    }

    /// <summary>Completes what was claimed; not under the lock.</summary>
    private void Finish(int count, Exception? error)
    {
        // Waits for a callback that is running, which finds nothing to claim: it cannot hit the next operation.
        var registration = _registration;
        _registration = default;
        registration.Dispose();
        if (error is null)
        {
            _operation.Complete(count);
        }
        else
        {
            _operation.Fail(error);
        }
    }

    /// <summary>Goes on without waiting; <see langword="true"/> where the operation has ended. Under the lock.</summary>
    private bool Try(out int count, out Exception? error)
    {
        count = 0;
        error = _closed ? new ObjectDisposedException(nameof(Stream)) : null;
        if (error is not null || (!_isRead && _writing.IsEmpty))
        {
            return true;
        }

        while (_ready)
        {
            var done = _isRead ? Read() : Write();
            if (done >= 0)
            {
                if (_isRead)
                {
                    if (!_ready)
                    {
                        return false;
                    }

                    count = _reading.IsEmpty ? 0 : (int)done;

                    // Less than there was room for: a socket is empty then, and what comes after this read is a new event. What hung up
                    // with the bytes was told with them, and its end is still to be read. A pipe is asked once more: its writer is
                    // often at its end by now, and an answer that is whole goes out at once and with its length.
                    _ready = count == 0 || count == _reading.Length || _hungUp || !(_isStreamSocket ??= IsStreamSocket());
                    return true;
                }

                _writing = _writing[(int)done..];
                if (_writing.IsEmpty)
                {
                    return true;
                }

                continue;
            }

            switch (LibC.Errno)
            {
                case LibC.EINTR:
                    continue;
                case LibC.EAGAIN:
                    _ready = false;
                    if (!_registered && !TryRegister(out error))
                    {
                        return true;
                    }

                    break;
                case LibC.EPIPE:
                    error = new IOException("the reader of the pipe is gone");
                    return true;
                case var errno:
                    error = new IOException($"the pipe failed: {LibC.Describe(errno)}");
                    return true;
            }
        }

        return false;
    }

    /// <summary>Asks for events, which tell of what has happened before as well.</summary>
    private bool TryRegister([NotNullWhen(false)] out Exception? failure)
    {
        var events = _isRead ? LibC.EpollIn | LibC.EpollPeerHangUp : LibC.EpollOut;
        var error = _loop.Register(this, _descriptor, events | LibC.EpollEdge);
        _registered = error == 0;
        failure = _registered ? null
            : new IOException(error == LibC.EPERM ? "the descriptor is no pipe or socket and cannot be waited for" : LibC.Describe(error));
        return _registered;
    }

    /// <summary>Whether it is a socket of which a read takes all there is, and not a message at a time.</summary>
    private unsafe bool IsStreamSocket()
    {
        var type = 0;
        uint size = sizeof(int);
        return LibC.GetSocketOption(_descriptor, LibC.LevelSocket, LibC.OptionType, &type, &size) == 0 && type == LibC.SocketStream;
    }

    private unsafe nint Read()
    {
        if (_reading.IsEmpty)
        {
            // Some descriptors (pidfds) can be waited for but not read.
            var entry = new LibC.PollEntry { Descriptor = _descriptor, Events = LibC.PollIn };
            var ready = LibC.Poll(&entry, 1, 0);
            _ready = ready != 0;
            return ready;
        }

        fixed (byte* start = _reading.Span)
        {
            return LibC.Read(_descriptor, start, (nuint)_reading.Length);
        }
    }

    private unsafe nint Write()
    {
        fixed (byte* start = _writing.Span)
        {
            return LibC.Write(_descriptor, start, (nuint)_writing.Length);
        }
    }
}
