using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Webserv.Host.Http1;
using Webserv.Host.Pipeline;

namespace Webserv.Host.Metrics;

/// <summary>Measures requests, where somebody listens. It is called on the event loops: it takes no lock and allocates nothing.</summary>
internal sealed class RequestMeter
{
    // As the semantic conventions advise for http.server.request.duration.
    private static readonly double[] Boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly Histogram<double> _duration;
    private readonly Counter<long> _rejected;
    private readonly ILogger _logger;
    private bool _isTold;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meter">The meter that they are of.</param>
    /// <param name="logger">Is told once when a listener throws, which is called where something is measured.</param>
    public RequestMeter(Meter meter, ILogger logger)
    {
        _logger = logger;
        _duration = meter.CreateHistogram(
            "http.server.request.duration",
            "s",
            "Time from the head of a request to the end of its answer.",
            tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = Boundaries });
        _rejected = meter.CreateCounter<long>(
            "webserv.requests.rejected", "{request}", "Requests that were refused before a pipeline saw them, because they were malformed, too large or too slow.");
    }

    /// <summary>Whether anybody wants to know how long requests take.</summary>
    public bool IsTiming => _duration.Enabled;

    /// <summary>A request is over.</summary>
    /// <param name="context">It.</param>
    /// <param name="virtualServer">What has served it.</param>
    /// <param name="method">Its method.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Anybody's code may listen; what it throws is logged, and the request ends all the same.")]
    public void Ended(Http1Context context, VirtualServer virtualServer, string method)
    {
        // Nobody listened when it began.
        if (context.StartedAt == 0)
        {
            return;
        }

        var status = context.Response.HasStarted ? context.Response.StatusCode : Http1AccessLog.EndedBeforeAnswer;
        try
        {
            _duration.Record(
                context.Server.TimeProvider.GetElapsedTime(context.StartedAt).TotalSeconds,
                virtualServer.Tags.Of(method, context.ConnectionScheme == Uri.UriSchemeHttps, status));
        }
        catch (Exception exception)
        {
            Tell(exception);
        }
    }

    /// <summary>A request was refused.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Anybody's code may listen; what it throws is logged, and the client gets its answer all the same.")]
    public void Rejected(RequestRejection rejection, int status)
    {
        if (!_rejected.Enabled)
        {
            return;
        }

        try
        {
            _rejected.Add(1, new(MetricNames.Status, status), new(MetricNames.Error, rejection.ToString()));
        }
        catch (Exception exception)
        {
            Tell(exception);
        }
    }

    private void Tell(Exception exception)
    {
        if (!Interlocked.Exchange(ref _isTold, true))
        {
            Log.MeterListenerFailed(_logger, exception);
        }
    }
}
