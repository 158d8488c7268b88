using Webserv.Abstractions.Http;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// A connection that was taken over for another protocol: first what had come in already, then the connection itself. One read
/// and one write may be under way at a time.
/// </summary>
internal sealed class UpgradedStream(IConnection connection, Http1Input input, Http1Output output, RequestGate gate) : Stream
{
    private int _reading;
    private int _writing;
    private volatile bool _readCancelled;
    private long _wroteAt;

    /// <summary>How long a read may wait since it began or the last write began or ended; read when one begins.</summary>
    public TimeSpan IdleTimeout { get; set; } = Timeout.InfiniteTimeSpan;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Tells whether nothing is under way. Whoever comes later is shut out by the gate.</summary>
    public bool End() => Volatile.Read(ref _reading) == 0 && Volatile.Read(ref _writing) == 0;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var pass = gate.Enter();
        if (Interlocked.Exchange(ref _reading, 1) != 0)
        {
            throw new InvalidOperationException("Another read has not ended.");
        }

        return ReadCoreAsync(buffer, cancellationToken);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var pass = gate.Enter();
        if (Interlocked.Exchange(ref _writing, 1) != 0)
        {
            throw new InvalidOperationException("The write before this one has not ended; await it.");
        }

        return WriteCoreAsync(buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Does nothing: a write that has ended has left.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    /// <summary>Does nothing: a write that has ended has left.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask<int> ReadCoreAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            if (!input.IsEmpty)
            {
                var count = Math.Min(buffer.Length, input.Unread.Length);
                input.Unread[..count].CopyTo(buffer.Span);
                input.Advance(count);
                return count;
            }

            if (buffer.IsEmpty)
            {
                return 0;
            }

            _readCancelled = false;
            var timeout = IdleTimeout == Timeout.InfiniteTimeSpan ? long.MaxValue : (long)IdleTimeout.TotalMilliseconds;
            connection.ReceiveDeadline = After(connection.Loop.Milliseconds, timeout);
            using var registration = cancellation.UnsafeRegister(static state => ((UpgradedStream)state!).CancelRead(), this);
            ReceiveResult result;
            do
            {
                result = await connection.ReceiveAsync(buffer).ConfigureAwait(false);
            }
            while (result.Status == ReceiveStatus.TimedOut && MayWaitOn(timeout));
            return result.Status switch
            {
                ReceiveStatus.Received => result.Count,
                ReceiveStatus.End => 0,
                ReceiveStatus.TimedOut when _readCancelled => throw new OperationCanceledException(cancellation),
                ReceiveStatus.TimedOut => throw new HttpException(StatusCodes.RequestTimeout, "nothing came within the idle timeout of the upgraded connection"),
                _ => throw Broken(),
            };
        }
        finally
        {
            Volatile.Write(ref _reading, 0);
        }
    }

    private async ValueTask WriteCoreAsync(ReadOnlyMemory<byte> buffer)
    {
        try
        {
            // Before it too: the peer may have it, and time may pass, before this goes on.
            Volatile.Write(ref _wroteAt, connection.Loop.Milliseconds);
            await connection.SendAsync(buffer).ConfigureAwait(false);
            Volatile.Write(ref _wroteAt, connection.Loop.Milliseconds);
        }
        catch (IOException)
        {
            output.MarkBroken();
            throw;
        }
        finally
        {
            Volatile.Write(ref _writing, 0);
        }
    }

    private static long After(long time, long timeout) => timeout == long.MaxValue ? long.MaxValue : time + timeout;

    /// <summary>Whether something was written meanwhile, so that the connection is not idle; the deadline is that of the write then.</summary>
    private bool MayWaitOn(long timeout)
    {
        // The clock first: a write between the two only moves the deadline on.
        var now = connection.Loop.Milliseconds;
        var deadline = After(Volatile.Read(ref _wroteAt), timeout);
        if (_readCancelled || deadline <= now)
        {
            return false;
        }

        connection.ReceiveDeadline = deadline;

        // The cancellation may have set its deadline just before. A full fence: it sees this one and ends it, or this sees the cancellation.
        Interlocked.MemoryBarrier();
        return !_readCancelled;
    }

    private IOException Broken()
    {
        // So that nobody takes what follows from it for a failure of the middleware.
        output.MarkBroken();
        return new IOException("The client reset the connection.");
    }

    /// <summary>Ends a pending read within the resolution of the deadlines; nothing is lost by it.</summary>
    private void CancelRead()
    {
        _readCancelled = true;
        connection.ReceiveDeadline = 0;
    }
}
