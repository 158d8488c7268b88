using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Pipeline.Containment;

/// <summary>
/// Leaves an entry alone that fails again and again: closed it lets everything in; open nothing; and after its time half open, one
/// request at a time, until one succeeds. It lives as long as the middleware of the entry: another build of the plugin, or other
/// options, begin with a closed one.
/// </summary>
/// <param name="entry">Where the entry stands, for the log.</param>
/// <param name="plugin">The plugin of its middleware.</param>
/// <param name="options">When it opens, and for how long.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Is told of each change of its state, once.</param>
/// <param name="opened">Called when it has opened.</param>
internal sealed class CircuitBreaker(
    string entry, string plugin, BreakerOptions options, TimeProvider time, ILogger logger, Action? opened = null)
{
    private readonly Lock _sync = new();

    /// <summary>When the last failures were, as a ring.</summary>
    private readonly long[] _failures = new long[options.Failures];
    private long _failureCount;
    private volatile bool _isClosed = true;
    private long _openedAt;
    private long _openings;
    private int _probe;

    /// <summary>The last trial of openings before this one, of which nothing is learned any more.</summary>
    private int _pastProbes;
    private bool _isProbing;
    private long _probedAt;

    /// <summary>What it goes by.</summary>
    public BreakerOptions Options => options;

    /// <summary>Where the entry stands.</summary>
    public string Entry => entry;

    /// <summary>Whether it lets everything in.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>How often it has opened; a trial that fails leaves it open and is not counted.</summary>
    public long Openings => Volatile.Read(ref _openings);

    /// <summary>
    /// Whether <see cref="TryEnter"/> would let a request in at this moment. Nothing changes by it: what must be had before a trial
    /// begins can be taken in between.
    /// </summary>
    /// <param name="stuck">As for <see cref="TryEnter"/>.</param>
    public bool MayEnter(int stuck)
    {
        if (_isClosed)
        {
            return true;
        }

        lock (_sync)
        {
            return _isClosed || IsTrialDue(stuck, time.GetTimestamp());
        }
    }

    /// <summary>Asks to be let in.</summary>
    /// <param name="stuck">
    /// The requests that were given up while the plugin's code goes on. With as many of them as open the breaker there is no trial:
    /// it would only be one more.
    /// </param>
    /// <param name="pass">What <see cref="Report"/> is to be shown, once, by whoever was let in.</param>
    public bool TryEnter(int stuck, out BreakerPass pass)
    {
        pass = default;
        if (_isClosed)
        {
            return true;
        }

        lock (_sync)
        {
            if (_isClosed)
            {
                return true;
            }

            var now = time.GetTimestamp();
            if (!IsTrialDue(stuck, now))
            {
                return false;
            }

            (_isProbing, _probedAt, pass) = (true, now, new BreakerPass(++_probe));
        }

        logger.BreakerTries(plugin, entry);
        return true;
    }

    /// <summary>Seconds after which a client may try again.</summary>
    public int GetRetryAfter()
    {
        lock (_sync)
        {
            var left = options.OpenFor - time.GetElapsedTime(_openedAt);
            return (int)Math.Ceiling(Math.Clamp(left.TotalSeconds, 1, int.MaxValue));
        }
    }

    /// <summary>Tells how a request that was let in has ended.</summary>
    /// <param name="pass">What it got.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="reason">Why it failed.</param>
    public void Report(BreakerPass pass, RequestOutcome outcome, string reason)
    {
        if (pass.Probe > 0)
        {
            EndProbe(pass, outcome, reason);
        }
        else if (outcome == RequestOutcome.Failed)
        {
            Count(reason);
        }
    }

    private bool IsTrialDue(int stuck, long now) =>
        stuck < options.Failures
        && time.GetElapsedTime(_openedAt, now) >= options.OpenFor
        && (!_isProbing || time.GetElapsedTime(_probedAt, now) >= options.OpenFor);

    /// <summary>
    /// One that took so long that others were let in after it shows all the same that the entry works, if it succeeds: where every
    /// request takes that long, no other would ever close the breaker. Its failure is left to those others to find.
    /// </summary>
    private void EndProbe(BreakerPass pass, RequestOutcome outcome, string reason)
    {
        lock (_sync)
        {
            var isLatest = pass.Probe == _probe && _isProbing;
            if (_isClosed || pass.Probe <= _pastProbes || (!isLatest && outcome != RequestOutcome.Succeeded))
            {
                return;
            }

            _isProbing = false;
            if (outcome == RequestOutcome.Succeeded)
            {
                _failureCount = 0;
                _isClosed = true;
            }
            else if (outcome == RequestOutcome.Failed)
            {
                _openedAt = time.GetTimestamp();
            }
        }

        if (outcome == RequestOutcome.Succeeded)
        {
            logger.BreakerClosed(plugin, entry);
        }
        else if (outcome == RequestOutcome.Failed)
        {
            logger.BreakerStaysOpen(plugin, entry, options.OpenFor.TotalSeconds, reason);
        }
    }

    private void Count(string reason)
    {
        lock (_sync)
        {
            if (!_isClosed)
            {
                // It was inside before the breaker opened.
                return;
            }

            var now = time.GetTimestamp();
            _failures[_failureCount++ % _failures.Length] = now;
            var oldest = _failures[_failureCount % _failures.Length];
            if (_failureCount < _failures.Length || time.GetElapsedTime(oldest, now) > options.Within)
            {
                return;
            }

            _isClosed = false;
            _isProbing = false;
            _pastProbes = _probe;
            _openedAt = now;
            _openings++;
        }

        logger.BreakerOpened(plugin, entry, options.Failures, options.Within.TotalSeconds, options.OpenFor.TotalSeconds, options.Then, reason);
        opened?.Invoke();
    }
}
