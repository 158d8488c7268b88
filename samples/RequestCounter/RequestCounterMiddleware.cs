using Microsoft.Extensions.Options;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Samples.RequestCounter;

/// <summary>Counts what the entries behind it answer, as metrics and, where it is configured, on a page.</summary>
[NonBlocking]
public sealed class RequestCounterMiddleware(IOptions<RequestCounterOptions> options, RequestCounts counts) : IMiddleware
{
    private readonly string? _reportPath = options.Value.ReportPath;

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        if (context.Request.Path == _reportPath && HttpMethods.IsGetOrHead(context.Request.Method))
        {
            await context.Response.WriteTextAsync(counts.Report(), cancellation: cancellation).ConfigureAwait(false);
            return;
        }

        try
        {
            await next(context, cancellation).ConfigureAwait(false);
            counts.Add(context.Response.StatusCode);
        }
        catch (Exception exception) when (Count(exception, cancellation))
        {
            // Never: counted on its way out.
            throw;
        }
    }

    /// <summary>Counts what the server will make of an exception.</summary>
    /// <returns>False: nothing is caught.</returns>
    private bool Count(Exception exception, CancellationToken cancellation)
    {
        // Nobody was answered where the client has gone.
        if (!cancellation.IsCancellationRequested)
        {
            counts.Add((exception as HttpException)?.StatusCode ?? StatusCodes.InternalServerError);
        }

        return false;
    }
}
