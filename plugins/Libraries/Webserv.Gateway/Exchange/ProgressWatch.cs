namespace Webserv.Gateway.Exchange;

/// <summary>
/// Watches that a script makes progress. Time in which the server waits for the client, be it for more of the body or for
/// room to answer, is not the script's and does not count; nor does time that the server itself needs for what the script wrote.
/// </summary>
internal sealed class ProgressWatch : IAsyncDisposable
{
    private readonly TimeProvider _time;
    private readonly IExchangePeer _peer;
    private readonly CancellationToken _client;
    private readonly CancellationTokenSource _stop;
    private readonly ITimer _silence;
    private readonly ITimer? _total;
    private readonly Lock _gate = new();
    private readonly TimeSpan _timeout;
    private TimeSpan _limit;
    private GiveUpReason _reasonOfSilence = GiveUpReason.FirstByte;
    private GiveUpReason _reason;
    private long _last;
    private int _clientWaits;

    public ProgressWatch(IExchangePeer peer, ExchangeLimits limits, TimeProvider time, CancellationToken cancellation)
    {
        _peer = peer;
        _time = time;
        _timeout = limits.Timeout;
        _limit = limits.FirstByteTimeout ?? limits.Timeout;
        _last = time.GetTimestamp();
        _client = cancellation;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _silence = time.CreateTimer(static state => ((ProgressWatch)state!).Look(), this, _limit, Timeout.InfiniteTimeSpan);
        _total = limits.TotalTimeout is { } total
            ? time.CreateTimer(static state => ((ProgressWatch)state!).GiveUp(GiveUpReason.Total), this, total, Timeout.InfiniteTimeSpan)
            : null;
    }

    /// <summary>Cancelled when the exchange has to stop, for whatever reason.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>For what was read: the script ended in order, so that is sent also where the time of what it left behind is over.</summary>
    public CancellationToken SendToken => Reason == GiveUpReason.LeftOpen ? _client : _stop.Token;

    /// <summary>Why the clock gave up.</summary>
    public GiveUpReason Reason
    {
        get
        {
            lock (_gate)
            {
                return _reason;
            }
        }
    }

    /// <summary>The script took or gave something.</summary>
    public void Progressed() => Volatile.Write(ref _last, _time.GetTimestamp());

    /// <summary>The script gave something.</summary>
    public void Answered()
    {
        Progressed();
        lock (_gate)
        {
            if (_reasonOfSilence != GiveUpReason.FirstByte)
            {
                return;
            }

            _reasonOfSilence = GiveUpReason.Silence;
            if (_limit != _timeout)
            {
                _limit = _timeout;
                _silence.Change(_timeout, Timeout.InfiniteTimeSpan); // Within the lock: the end of the script sets another one.
            }
        }
    }

    /// <summary>From here on the client is waited for, or the server has to do.</summary>
    public void ClientWaitBegins() => Interlocked.Increment(ref _clientWaits);

    /// <summary>From here on it is the script's time again.</summary>
    public void ClientWaitEnds()
    {
        Progressed();
        Interlocked.Decrement(ref _clientWaits);
    }

    /// <summary>The script has ended: what it left behind gets less time.</summary>
    public void ScriptEnded(TimeSpan limit)
    {
        lock (_gate)
        {
            _limit = limit;
            _reasonOfSilence = GiveUpReason.LeftOpen;
        }

        Progressed();
        _silence.Change(limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops the exchange.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    public async ValueTask DisposeAsync()
    {
        // Waits for a callback that is running, which may be about to cancel.
        await _silence.DisposeAsync().ConfigureAwait(false);
        if (_total is not null)
        {
            await _total.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private void Look()
    {
        TimeSpan limit;
        GiveUpReason reason;
        lock (_gate)
        {
            limit = _limit;
            reason = _reasonOfSilence;
        }

        var left = Volatile.Read(ref _clientWaits) > 0 || _peer.IsHeldUp ? limit : limit - _time.GetElapsedTime(Volatile.Read(ref _last));
        if (left > TimeSpan.Zero)
        {
            _silence.Change(left, Timeout.InfiniteTimeSpan);
        }
        else
        {
            GiveUp(reason);
        }
    }

    private void GiveUp(GiveUpReason reason)
    {
        lock (_gate)
        {
            if (_reason != GiveUpReason.None)
            {
                return;
            }

            _reason = reason;
        }

        _stop.Cancel();
    }
}
