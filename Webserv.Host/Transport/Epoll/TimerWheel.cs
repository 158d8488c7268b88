using System.Numerics;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// The deadlines of one loop. Lazy: an entry whose deadline moves on stays where it is and is filed anew when its bucket
/// comes, so that moving a deadline costs nothing. Exact to <see cref="Resolution"/>. Only for the loop's own thread.
/// </summary>
/// <param name="now">The time it starts at.</param>
/// <param name="failed">Is told of an entry that threw; the others are called all the same.</param>
internal sealed class TimerWheel(long now, Action<TimerEntry, Exception> failed)
{
    /// <summary>How much later than its deadline an entry may be called, in milliseconds.</summary>
    public const int Resolution = 1 << Shift;

    private const int Shift = 6;
    private const int Buckets = 2048;
    private readonly TimerEntry?[] _heads = new TimerEntry?[Buckets];
    private readonly ulong[] _occupied = new ulong[Buckets / 64];
    private long _tick = now >> Shift;

    /// <summary>Files an entry, in place of where it was.</summary>
    public void File(TimerEntry entry, long due)
    {
        Remove(entry);
        if (due == long.MaxValue)
        {
            return;
        }

        // Further away than the wheel goes: it is looked at once on the way.
        var tick = Math.Clamp((due + Resolution - 1) >> Shift, _tick + 1, _tick + Buckets - 1);
        var bucket = (int)(tick & (Buckets - 1));
        var head = _heads[bucket];
        entry.Next = head;
        if (head is not null)
        {
            head.Previous = entry;
        }

        entry.Bucket = bucket;
        entry.FiledFor = Math.Min(due, tick << Shift);
        _heads[bucket] = entry;
        _occupied[bucket >> 6] |= 1UL << (bucket & 63);
    }

    /// <summary>Takes an entry out; nothing where it is not filed.</summary>
    public void Remove(TimerEntry entry)
    {
        var bucket = entry.Bucket;
        if (bucket < 0)
        {
            return;
        }

        if (entry.Next is not null)
        {
            entry.Next.Previous = entry.Previous;
        }

        if (entry.Previous is not null)
        {
            entry.Previous.Next = entry.Next;
        }
        else
        {
            _heads[bucket] = entry.Next;
            if (entry.Next is null)
            {
                _occupied[bucket >> 6] &= ~(1UL << (bucket & 63));
            }
        }

        entry.Next = entry.Previous = null;
        entry.Bucket = -1;
        entry.FiledFor = long.MaxValue;
    }

    /// <summary>Calls the entries whose time has come.</summary>
    public void Advance(long now)
    {
        var target = now >> Shift;
        var first = Math.Max(_tick + 1, target - Buckets + 1);
        for (var tick = first; tick <= target; tick++)
        {
            // Entries that file themselves again go at least one tick on, never into the bucket that is being emptied.
            _tick = tick;
            var bucket = (int)(tick & (Buckets - 1));
            while (_heads[bucket] is { } entry)
            {
                Remove(entry);
                try
                {
                    entry.OnTimer(now);
                }
                catch (Exception error)
                {
                    failed(entry, error);
                }
            }
        }
    }

    /// <summary>Milliseconds until <see cref="Advance"/> has something to do; -1 where nothing is filed.</summary>
    public int MillisecondsUntilNext(long now)
    {
        var start = (int)((_tick + 1) & (Buckets - 1));
        for (var i = 0; i <= _occupied.Length; i++)
        {
            var word = ((start >> 6) + i) % _occupied.Length;
            var bits = _occupied[word];
            if (i == 0)
            {
                bits &= ulong.MaxValue << (start & 63);
            }

            if (bits != 0)
            {
                var bucket = (word << 6) + BitOperations.TrailingZeroCount(bits);
                var tick = _tick + 1 + ((bucket - start) & (Buckets - 1));
                return (int)Math.Max(0, (tick << Shift) - now);
            }
        }

        return -1;
    }
}
