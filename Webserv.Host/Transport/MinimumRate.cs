namespace Webserv.Host.Transport;

/// <summary>The least rate at which a peer has to send or to take.</summary>
/// <param name="BytesPerSecond">The rate, more than 0.</param>
/// <param name="Grace">How far a peer may be behind at first, in milliseconds.</param>
/// <param name="MaxCredit">How far it may fall behind once it was faster, in milliseconds; not less than the grace.</param>
internal sealed record MinimumRate(long BytesPerSecond, long Grace, long MaxCredit)
{
    /// <summary>Makes one, or <see langword="null"/> where there is no rate to be kept.</summary>
    /// <param name="bytesPerSecond">0 for none.</param>
    /// <param name="grace">How far a peer may be behind at first.</param>
    /// <param name="timeout">The time after which a peer that does nothing at all is given up.</param>
    public static MinimumRate? Of(long bytesPerSecond, TimeSpan grace, TimeSpan timeout) => bytesPerSecond <= 0
        ? null
        : new MinimumRate(bytesPerSecond, (long)grace.TotalMilliseconds, (long)Math.Max(grace.TotalMilliseconds, timeout.TotalMilliseconds));
}
