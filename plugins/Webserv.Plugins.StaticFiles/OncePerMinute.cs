namespace Webserv.Plugins.StaticFiles;

/// <summary>Keeps what every request may meet from filling the log.</summary>
/// <param name="time">The clock.</param>
internal sealed class OncePerMinute(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private long _last = long.MinValue;

    /// <summary>Whether this is the first call in a minute.</summary>
    public bool IsDue()
    {
        var last = Interlocked.Read(ref _last);
        var now = time.GetTimestamp();
        return (last == long.MinValue || time.GetElapsedTime(last, now) >= Interval)
            && Interlocked.CompareExchange(ref _last, now, last) == last;
    }
}
