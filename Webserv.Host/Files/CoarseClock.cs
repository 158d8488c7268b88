namespace Webserv.Host.Files;

/// <summary>Milliseconds that only go forward, for ages. Reading the real one costs a few nanoseconds and is exact to some milliseconds.</summary>
/// <param name="time">The clock; tests bring their own.</param>
internal sealed class CoarseClock(TimeProvider time)
{
    private readonly TimeProvider? _other = time == TimeProvider.System ? null : time;

    /// <summary>The present.</summary>
    public long Milliseconds =>
        _other is null ? Environment.TickCount64 : (long)_other.GetElapsedTime(0).TotalMilliseconds;
}
