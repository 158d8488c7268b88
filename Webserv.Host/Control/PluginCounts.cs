using Webserv.Host.Plugins;

namespace Webserv.Host.Control;

/// <summary>What requests in a plugin came to since it was loaded.</summary>
/// <param name="Requests">Those that have ended.</param>
/// <param name="Errors">Those of them that failed.</param>
/// <param name="Inside">Those that have not ended.</param>
/// <param name="Allocated">The bytes of managed memory that were allocated for them.</param>
/// <param name="P50">Milliseconds within which half of them ended; <see langword="null"/> where there was none.</param>
/// <param name="P99">Milliseconds within which 99 of 100 ended.</param>
internal sealed record PluginCounts(long Requests, long Errors, int Inside, long Allocated, double? P50, double? P99)
{
    /// <summary>What was counted by now.</summary>
    public static PluginCounts Of(PluginStatistics statistics) => new(
        statistics.Requests,
        statistics.Errors,
        statistics.Inside,
        statistics.Allocated,
        statistics.Percentile(0.5)?.TotalMilliseconds,
        statistics.Percentile(0.99)?.TotalMilliseconds);
}
