namespace Webserv.Host.Proxies;

/// <summary>Lets one in a minute through and counts the others: what strangers can cause as often as they like must not fill the log.</summary>
internal sealed class OncePerMinute(TimeProvider time)
{
    private readonly Lock _sync = new();
    private long? _last;
    private int _count;

    /// <summary>Whether it is time.</summary>
    /// <param name="count">How often it was asked since it was time before, this one with it.</param>
    public bool IsDue(out int count)
    {
        lock (_sync)
        {
            count = ++_count;
            if (_last is { } last && time.GetElapsedTime(last) < TimeSpan.FromMinutes(1))
            {
                return false;
            }

            _last = time.GetTimestamp();
            _count = 0;
            return true;
        }
    }
}
