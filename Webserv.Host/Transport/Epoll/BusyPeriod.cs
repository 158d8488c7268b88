using System.Diagnostics;

namespace Webserv.Host.Transport.Epoll;

/// <summary>
/// Has a loop that never needs to wait give way now and then. It would keep its core until the scheduler's tick takes it away,
/// and for as long everybody else there would wait: clients on the same machine, scripts, another loop. That is what the 99th
/// percentile is made of; the rate does not change (docs/performance.md).
/// </summary>
internal struct BusyPeriod
{
    private static readonly long MaxLength = Stopwatch.Frequency / 5_000;

    // A wait that took longer was one in which others could run.
    private static readonly long MinRest = Stopwatch.Frequency / 50_000;

    private long _began;
    private long _turnEnded;

    /// <summary>A turn of the loop is over; gives way where it is time to.</summary>
    public void EndTurn()
    {
        _turnEnded = Stopwatch.GetTimestamp();
        if (_turnEnded - _began > MaxLength)
        {
            _ = Thread.Yield();
            _began = _turnEnded = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>The loop has waited for events and goes on.</summary>
    public void BeginTurn()
    {
        var now = Stopwatch.GetTimestamp();
        if (now - _turnEnded > MinRest)
        {
            _began = now;
        }
    }
}
