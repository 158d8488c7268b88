namespace Webserv.Plugins.Metrics;

/// <summary>What an entry may say: <c>{ "Use": "Metrics", "When": { "Path": "/metrics" }, "Options": { "Meters": ["Webserv", "Shop.*"] } }</c>.</summary>
public sealed class MetricsOptions
{
    /// <summary>
    /// The meters whose instruments are shown, by name; a <c>*</c> at the end stands for anything. <c>Webserv</c> is the server's own, <c>System.Runtime</c>
    /// that of .NET, and others are those of plugins. What is not named is not measured.
    /// </summary>
    public IReadOnlyList<string> Meters { get; set; } = ["*"];

    /// <summary>
    /// The most combinations of labels that are kept for one instrument, from 1 to 100000. What comes beyond is counted together, with the label
    /// <c>otel_metric_overflow</c>, and the log says so once.
    /// </summary>
    public int MaxSeries { get; set; } = 1000;
}
