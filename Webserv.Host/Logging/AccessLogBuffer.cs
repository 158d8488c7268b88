using Webserv.Host.Configuration;

namespace Webserv.Host.Logging;

/// <summary>
/// What the requests of one event loop have to write. Others come to it only where a request ends on a thread of the pool, and
/// the writer once in a while: its lock is hardly ever waited for.
/// </summary>
internal sealed class AccessLogBuffer(AccessLogFile file, LogBlockPool pool)
{
    // Below this it is not worth trying: most lines are longer.
    private const int LeastRoom = 128;

    private readonly Lock _sync = new();
    private LogBlock? _block;

    /// <summary>Adds the line of a request.</summary>
    public void Write(AccessLogFormat format, in AccessLogEntry entry, LogTime.Stamp time, ReadOnlySpan<byte> server)
    {
        lock (_sync)
        {
            if (_block is not null && _block.Bytes.Length - _block.Count >= LeastRoom && TryWrite(_block, format, entry, time, server))
            {
                return;
            }

            if (_block is not null)
            {
                pool.Enqueue(_block);
                file.Wake();
            }

            _block = pool.Rent();
            if (_block is null)
            {
                file.CountLost();
                return;
            }

            if (!TryWrite(_block, format, entry, time, server))
            {
                throw new InvalidOperationException("A line of the access log is longer than a whole block.");
            }
        }
    }

    /// <summary>Puts what is there behind the blocks that wait.</summary>
    public void HandOver()
    {
        lock (_sync)
        {
            if (_block is { Count: > 0 } block)
            {
                pool.Enqueue(block);
                _block = null;
            }
        }
    }

    private bool TryWrite(LogBlock block, AccessLogFormat format, in AccessLogEntry entry, LogTime.Stamp time, ReadOnlySpan<byte> server)
    {
        var writer = new LogLineWriter(block.Bytes.AsSpan(block.Count));
        AccessLogLine.Write(ref writer, format, entry, time, server);
        if (writer.IsFull)
        {
            return false;
        }

        if (block.Count == 0)
        {
            file.ScheduleFlush();
        }

        block.Count += writer.Count;
        return true;
    }
}
