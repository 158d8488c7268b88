using System.Diagnostics.Metrics;

namespace Webserv.Samples.RequestCounter;

/// <summary>The counts of the plugin, by the first digit of the status. A meter that is not disposed would keep the plugin in memory.</summary>
public sealed class RequestCounts : IDisposable
{
    private const int Classes = 6;

    private readonly Meter _meter = new("Webserv.Samples.RequestCounter");
    private readonly Counter<long> _requests;
    private readonly long[] _counts = new long[Classes];

    /// <summary>Makes counts of 0.</summary>
    public RequestCounts() => _requests = _meter.CreateCounter<long>("webserv.samples.requests", "{request}", "Requests that were answered, by class of status.");

    /// <summary>Counts a request.</summary>
    /// <param name="status">What it was answered with.</param>
    public void Add(int status)
    {
        Interlocked.Increment(ref _counts[status / 100 % Classes]);
        _requests.Add(1, new KeyValuePair<string, object?>("class", Name(status / 100)));
    }

    /// <summary>The counts, a line each.</summary>
    public string Report() =>
        string.Concat(Enumerable.Range(2, Classes - 2).Select(digit => $"{Name(digit)} {Interlocked.Read(ref _counts[digit])}\n"));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static string Name(int digit) => digit switch { 2 => "2xx", 3 => "3xx", 4 => "4xx", 5 => "5xx", _ => "other" };
}
