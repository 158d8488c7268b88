namespace Webserv.Plugins.Metrics.Collection;

/// <summary>What the numbers of an instrument mean.</summary>
internal enum SeriesKind
{
    /// <summary>A sum that only grows.</summary>
    Counter,

    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>Values that are told apart by size.</summary>
    Histogram,
}
