using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>When an entry that fails again and again is left alone for a while.</summary>
internal sealed record BreakerOptions
{
    /// <summary>How many requests must fail within <see cref="Within"/> before the breaker opens.</summary>
    [Description("How many requests must fail within `Within` before the breaker opens. One fails by an exception that the plugin lets out, other than one that stands for a status, or by using up `MaxTime`; not by what its client does, nor by what stands behind it in the pipeline.")]
    [Allowed("1", "100000")]
    public int Failures { get; set; } = 5;

    /// <summary>The time in which they must fail.</summary>
    [Description("The time in which they must fail.")]
    [Allowed("1ms", "1d")]
    public TimeSpan Within { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the breaker stays open before a single request is let in to try.</summary>
    [Description("How long the breaker stays open. Then one request at a time is let in to try: the first that succeeds closes it, one that fails opens it for this time again.")]
    [Allowed("1ms", "1d")]
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>What becomes of requests meanwhile.</summary>
    [Description("What becomes of requests meanwhile: `Refuse` answers 503 with Retry-After; `Skip` passes them on as if the entry were not there, which must never be chosen for one that keeps people out; `PreviousVersion` is as `Refuse` until the version of the plugin that served before is back, which is kept for that.")]
    public BreakerAction Then { get; set; }
}
