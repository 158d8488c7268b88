namespace Webserv.Host.Transport;

/// <summary>How long and how slowly peers may take what is sent to them. One object for all connections of a server.</summary>
/// <param name="Timeout">How long a send may stay without the peer taking a single byte, in milliseconds.</param>
/// <param name="MinimumRate">The least rate at which it has to take them, or <see langword="null"/>.</param>
internal sealed record SendLimits(long Timeout, MinimumRate? MinimumRate)
{
    /// <summary>What holds where nobody has said anything else.</summary>
    public static SendLimits Default { get; } = new(30_000, null);

    /// <summary>The same for where only whole sends are seen to end: a peer may be as far behind at first as it may be at all.</summary>
    public SendLimits WithoutGrace() =>
        MinimumRate is { } rate ? this with { MinimumRate = rate with { Grace = rate.MaxCredit } } : this;
}
