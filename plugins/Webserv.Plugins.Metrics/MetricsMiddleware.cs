using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Plugins.Metrics.Collection;
using Webserv.Plugins.Metrics.Exposition;

namespace Webserv.Plugins.Metrics;

/// <summary>
/// Answers GET and HEAD with what the instruments of this process say, in the text format of Prometheus: the server's own, those of .NET and
/// those of plugins. It measures from when it is put in place, and as long as the entry stays the same. Whoever may reach it sees the names of virtual servers and plugins:
/// give it a virtual server on a private endpoint.
/// </summary>
/// <remarks>Not marked as non-blocking: it calls instruments of other plugins.</remarks>
public sealed class MetricsMiddleware : IMiddleware, IAsyncInitializer, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly MeterCollector _collector;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _reading = new(1, 1);

    /// <summary>Listens to nothing yet.</summary>
    /// <param name="options">The options of the entry.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what cannot be shown.</param>
    public MetricsMiddleware(IOptions<MetricsOptions> options, TimeProvider time, ILogger<MetricsMiddleware> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _collector = new MeterCollector(options.Value.Meters, options.Value.MaxSeries, logger);
        _time = time;
    }

    /// <summary>Begins to measure.</summary>
    public Task InitializeAsync(CancellationToken cancellation)
    {
        _collector.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (!HttpMethods.IsGetOrHead(context.Request.Method))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
            await next(context, cancellation).ConfigureAwait(false);
            return;
        }

        var text = await ReadAsync(cancellation).ConfigureAwait(false);
        context.Response.Headers[Fields.ContentType] = PrometheusText.ContentType;
        context.Response.Headers[Fields.CacheControl] = "no-store";
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text, cancellation).ConfigureAwait(false);
    }

    /// <summary>Lets go of all instruments: listening would keep the plugin in memory.</summary>
    public void Dispose()
    {
        _collector.Dispose();
        _reading.Dispose();
    }

    /// <summary>One after the other, and never behind an instrument of a plugin that does not come back.</summary>
    private async Task<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        if (!await WaitAsync(cancellation).ConfigureAwait(false))
        {
            throw new HttpException(StatusCodes.ServiceUnavailable, $"another reading of the metrics has not ended within {Patience.TotalSeconds} s");
        }

        try
        {
            return PrometheusText.Write(_collector.Read());
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<bool> WaitAsync(CancellationToken cancellation)
    {
        if (_reading.Wait(0, CancellationToken.None))
        {
            return true;
        }

        using var limit = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            await _reading.WaitAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // An answer like any other: it is busy.
            return false;
        }
    }
}
