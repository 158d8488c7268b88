using System.Diagnostics.Metrics;
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

    /// <summary>Makes the instruments.</summary>
    public RequestMeter(Meter meter)
    {
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
    public void Ended(Http1Context context, VirtualServer virtualServer, string method)
    {
        // Nobody listened when it began.
        if (context.StartedAt == 0)
        {
            return;
        }

        var status = context.Response.HasStarted ? context.Response.StatusCode : Http1AccessLog.EndedBeforeAnswer;
        _duration.Record(
            context.Server.TimeProvider.GetElapsedTime(context.StartedAt).TotalSeconds,
            virtualServer.Tags.Of(method, context.ConnectionScheme == Uri.UriSchemeHttps, status));
    }

    /// <summary>A request was refused.</summary>
    public void Rejected(RequestRejection rejection, int status)
    {
        if (_rejected.Enabled)
        {
            _rejected.Add(1, new(MetricNames.Status, status), new(MetricNames.Error, rejection.ToString()));
        }
    }
}
