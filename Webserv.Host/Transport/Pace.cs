namespace Webserv.Host.Transport;

/// <summary>
/// Whether a peer keeps a minimum rate: time that is spent waiting for it uses up credit, bytes give credit. Only waiting
/// counts, so a peer never pays for the pauses of this side.
/// </summary>
internal struct Pace
{
    private readonly MinimumRate? _rate;

    // In thousandths of a byte: a millisecond of waiting costs the rate, a byte is worth a thousand.
    private long _credit;

    /// <summary>Begins with the grace.</summary>
    /// <param name="rate">The rate, or <see langword="null"/> for none.</param>
    public Pace(MinimumRate? rate)
    {
        _rate = rate;
        _credit = rate is null ? 0 : rate.Grace * rate.BytesPerSecond;
    }

    /// <summary>How long the peer may stay without a byte from now on, in milliseconds; 0 where it is too slow.</summary>
    public readonly long Patience =>
        _rate is null ? long.MaxValue : _credit <= 0 ? 0 : ((_credit - 1) / _rate.BytesPerSecond) + 1;

    /// <summary>Tells what came of waiting for the peer.</summary>
    /// <param name="milliseconds">How long it took.</param>
    /// <param name="bytes">How many bytes were sent or taken in that time.</param>
    public void Waited(long milliseconds, long bytes)
    {
        if (_rate is not null)
        {
            _credit = Math.Min(_rate.MaxCredit * _rate.BytesPerSecond, _credit - (milliseconds * _rate.BytesPerSecond) + (bytes * 1000));
        }
    }
}
