namespace Webserv.Host.Admission;

/// <summary>
/// Counts what may come in floods, so that it is logged once a period and not each time: the first at once, the others
/// with the first one after the period, or when somebody asks for the rest.
/// </summary>
/// <param name="period">Milliseconds.</param>
internal sealed class PeriodicCount(long period)
{
    private readonly Lock _sync = new();
    private long _count;
    private long _told = long.MinValue / 2;

    /// <summary>Counts one.</summary>
    /// <returns>How many to tell of now; 0 where it is too early.</returns>
    public long Add(long now)
    {
        lock (_sync)
        {
            _count++;
            return Take(now);
        }
    }

    /// <summary>What was counted and not told, where its time has come; otherwise 0.</summary>
    public long TakeRest(long now)
    {
        if (Volatile.Read(ref _count) == 0)
        {
            return 0;
        }

        lock (_sync)
        {
            return Take(now);
        }
    }

    private long Take(long now)
    {
        if (now - _told < period)
        {
            return 0;
        }

        var count = _count;
        _count = 0;
        _told = count > 0 ? now : _told;
        return count;
    }
}
