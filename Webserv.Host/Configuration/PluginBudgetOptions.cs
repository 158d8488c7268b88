using System.ComponentModel;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>What the requests inside one plugin may use.</summary>
[Description("What the requests inside one plugin may use. 0 is no limit.")]
internal sealed record PluginBudgetOptions
{
    /// <summary>Most requests inside the plugin at once, over all of its entries; 0 for no limit.</summary>
    [Description("Most requests inside the plugin at once, over all of its entries; more are answered 503 with Retry-After. A request that was given up counts for as long as the plugin's code goes on with it.")]
    [Allowed("0", "1000000")]
    public int MaxRequests { get; set; }

    /// <summary>Time that a request may spend in the plugin; 0 for no limit.</summary>
    [Description("Time that a request may spend in the plugin. It stands still while the plugin waits for the client to send or to take something, while what stands behind it in the pipeline has the request, and once the connection was upgraded. At its end the request is cancelled, and a second later answered 503 without the plugin. The plugin runs on the thread pool then, also where it says that it never blocks.")]
    [Allowed("0s", "1d")]
    public TimeSpan MaxTime { get; set; }

    /// <summary>Most bytes of a request body that the plugin may read; 0 for no limit.</summary>
    [Description("Most bytes of a request body while the plugin has the request, whatever `MaxRequestBodySize` or the plugin itself says; more is 413.")]
    public ByteSize MaxBodySize { get; set; }

    /// <summary>When an entry of the plugin is left alone; <see langword="null"/> for never.</summary>
    [Description("When an entry of the plugin that fails again and again is left alone for a while. Without it, never. Every entry has a breaker of its own, since each has its own options and what they depend on.")]
    public BreakerOptions? Breaker { get; set; }

    /// <summary>Whether it limits nothing.</summary>
    public bool IsUnlimited() => MaxRequests == 0 && MaxTime == TimeSpan.Zero && MaxBodySize.Bytes == 0 && Breaker is null;
}
