using System.Numerics;

namespace Webserv.Host.Plugins;

/// <summary>
/// What requests in one loaded plugin came to, over all of its entries. Counted where the configuration asks for it; counters are
/// shared by the event loops, and none is ever locked.
/// </summary>
internal sealed class PluginStatistics
{
    // Each doubling of the time is a place of the exponent and four steps: a percentile is at most a quarter too high.
    private const int Steps = 4;
    private const int StepBits = 2;
    private const int LongestExponent = 40;

    private readonly long[] _counts = new long[(LongestExponent + 1) * Steps];
    private long _requests;
    private long _errors;
    private long _ticks;
    private long _allocated;
    private int _inside;

    /// <summary>The requests that have ended.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Those of them that failed: an exception of the plugin's, or a status of 500 and above that it threw.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Those that have not ended, with those that it passed on.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>How long the plugin had them all together, without what is behind the plugin.</summary>
    public TimeSpan Time => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>The bytes of managed memory that were allocated for them: see <see cref="Pipeline.Timing.AllocationMeter"/>.</summary>
    public long Allocated => Interlocked.Read(ref _allocated);

    /// <summary>A request comes in.</summary>
    public void Enter() => Interlocked.Increment(ref _inside);

    /// <summary>A request has ended.</summary>
    /// <param name="own">How long the plugin had it, without what is behind the plugin.</param>
    /// <param name="isFailure">Whether it failed.</param>
    public void Leave(TimeSpan own, bool isFailure)
    {
        Interlocked.Decrement(ref _inside);
        Interlocked.Add(ref _ticks, own.Ticks);
        Interlocked.Increment(ref _counts[PlaceOf((long)own.TotalMicroseconds)]);
        if (isFailure)
        {
            Interlocked.Increment(ref _errors);
        }

        Interlocked.Increment(ref _requests);
    }

    /// <summary>Memory was allocated for it.</summary>
    public void AddAllocated(long bytes) => Interlocked.Add(ref _allocated, bytes);

    /// <summary>The time within which a part of the requests ended, rounded up; <see langword="null"/> where there was none.</summary>
    /// <param name="part">From 0 to 1.</param>
    public TimeSpan? Percentile(double part)
    {
        var counts = new long[_counts.Length];
        long total = 0;
        for (var place = 0; place < counts.Length; place++)
        {
            total += counts[place] = Interlocked.Read(ref _counts[place]);
        }

        var rank = Math.Max(1, (long)Math.Ceiling(total * part));
        for (var place = 0; place < counts.Length; place++)
        {
            rank -= counts[place];
            if (rank <= 0)
            {
                return TimeSpan.FromMicroseconds(MostOf(place));
            }
        }

        return null;
    }

    private static int PlaceOf(long microseconds)
    {
        if (microseconds < Steps)
        {
            return (int)Math.Max(0, microseconds);
        }

        var exponent = Math.Min(BitOperations.Log2((ulong)microseconds), LongestExponent);
        var step = exponent == LongestExponent ? Steps - 1 : (int)(microseconds >> (exponent - StepBits)) & (Steps - 1);
        return ((exponent - StepBits + 1) * Steps) + step;
    }

    /// <summary>The most microseconds that are counted in a place.</summary>
    private static long MostOf(int place)
    {
        if (place < Steps)
        {
            return place;
        }

        var shift = (place / Steps) - 1;
        return ((long)(Steps + (place % Steps) + 1) << shift) - 1;
    }
}
