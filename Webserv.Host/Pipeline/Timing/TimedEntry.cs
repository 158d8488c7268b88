using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Http1;
using Webserv.Host.Plugins;

namespace Webserv.Host.Pipeline.Timing;

/// <summary>Takes the time of an entry. It stands in a pipeline only where somebody asks for that.</summary>
internal sealed class TimedEntry
{
    private readonly RequestDelegate _entry;
    private readonly TimingSettings _settings;

    /// <summary>Puts one around an entry.</summary>
    /// <param name="name">The name of its middleware.</param>
    /// <param name="place">The name together with the place in the configuration.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="statistics">The counters of its plugin; <see langword="null"/> where nobody counts.</param>
    /// <param name="settings">What becomes of its times.</param>
    public TimedEntry(string name, string place, RequestDelegate entry, PluginStatistics? statistics, TimingSettings settings)
    {
        _entry = entry;
        _settings = settings;
        Place = place;
        Statistics = statistics;
        Metric = ServerTimingText.MetricOf(name, place);
    }

    /// <summary>Name and place, for the log.</summary>
    public string Place { get; }

    /// <summary>The counters of its plugin; <see langword="null"/> where nobody counts.</summary>
    public PluginStatistics? Statistics { get; }

    /// <summary>Name and description as a metric of <c>Server-Timing</c>, without its duration.</summary>
    public string Metric { get; }

    /// <summary>Lets the request into the entry.</summary>
    public async Task InvokeAsync(IHttpContext context, CancellationToken cancellation)
    {
        var host = Http1Context.From(context);
        var timing = host.Timing ??= new RequestTiming(_settings, host.Request);
        var stay = timing.Enter(this);
        if (_settings.CountsMemory)
        {
            AllocationMeter.Enter(Statistics);
        }

        try
        {
            await _entry(context, cancellation).ConfigureAwait(false);
            timing.Leave(stay, null, isFailure: false);
        }
        catch (Exception exception)
        {
            timing.Leave(stay, exception, IsFailure(host, exception, cancellation));
            throw;
        }
    }

    /// <summary>A status is an answer, unless it says that the server has failed; a client that leaves is nobody's failure.</summary>
    private static bool IsFailure(Http1Context host, Exception exception, CancellationToken cancellation) =>
        exception is HttpException status
            ? status.StatusCode >= StatusCodes.InternalServerError
            : !cancellation.IsCancellationRequested && !host.Output.IsBroken && !host.RequestBody.IsReset;
}
