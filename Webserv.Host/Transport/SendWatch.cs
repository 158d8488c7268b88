using System.Globalization;

namespace Webserv.Host.Transport;

/// <summary>
/// Watches whether a peer takes what waits for it. Made when a connection's send blocks for the first time; calls are
/// made under the connection's lock of sending. What the system has taken over and the peer has not yet counts as left: a
/// socket tells that there is room again only when a third of its buffer is free, which a slow peer may need long for.
/// </summary>
internal sealed class SendWatch(SendLimits limits)
{
    // A peer that is just fast enough is not looked at with every tick.
    private const int MinInterval = 250;

    private Pace _pace = new(limits.MinimumRate);
    private long _left;
    private long _tookAt;

    /// <summary>When it was looked last.</summary>
    public long LookedAt { get; private set; }

    /// <summary>When to look again.</summary>
    public long Deadline { get; private set; }

    /// <summary>Why the peer was given up.</summary>
    public string Problem => _pace.Patience > 0
        ? "the peer takes nothing: the send timed out"
        : string.Create(CultureInfo.InvariantCulture, $"the peer takes less than {limits.MinimumRate!.BytesPerSecond} bytes a second: the send timed out");

    /// <summary>A send has blocked.</summary>
    /// <param name="now">The time.</param>
    /// <param name="left">What is left for the peer to take.</param>
    public void Begin(long now, long left)
    {
        _left = left;
        LookedAt = _tookAt = now;
        SetDeadline(now);
    }

    /// <summary>Sees what the peer has taken since the last look.</summary>
    /// <param name="now">The time.</param>
    /// <param name="left">What is left for the peer to take.</param>
    /// <returns>Whether to wait on; otherwise it is to be given up.</returns>
    public bool Look(long now, long left)
    {
        var took = Math.Max(0, _left - left);
        _tookAt = took > 0 ? now : _tookAt;
        _pace.Waited(now - LookedAt, took);
        _left = Math.Min(_left, left);
        LookedAt = now;
        SetDeadline(now);
        return _pace.Patience > 0 && now - _tookAt < limits.Timeout;
    }

    private void SetDeadline(long now)
    {
        var patience = Math.Max(_pace.Patience, MinInterval);
        var silent = limits.Timeout > long.MaxValue / 2 ? long.MaxValue : _tookAt + limits.Timeout;
        Deadline = Math.Min(silent, patience > long.MaxValue / 2 ? long.MaxValue : now + patience);
    }
}
