using System.Diagnostics.CodeAnalysis;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;
using Webserv.Host.Logging;
using Webserv.Host.Metrics;
using Webserv.Host.Plugins;
using Webserv.Host.Transport;

namespace Webserv.Host.Pipeline;

/// <summary>A virtual server with its compiled pipeline.</summary>
internal sealed class VirtualServer(
    VirtualServerOptions options, long? maxRequestBodySize, RequestDelegate pipeline, ErrorResponder errors, VirtualServerLifetime lifetime)
    : IVirtualServer
{
    private const string KnownMethods = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

    /// <inheritdoc />
    public string Name => options.Name;

    /// <inheritdoc />
    public IReadOnlyList<string> HostNames => options.HostNames;

    /// <inheritdoc />
    public string? Root => options.Root;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<ListenEndpoint> Endpoints => options.Listen;

    /// <summary>The number of the generation that it was made for; it may go on in later ones.</summary>
    public int Generation { get; init; }

    /// <summary>Counts the requests inside, and knows what the server holds.</summary>
    public VirtualServerLifetime Lifetime => lifetime;

    /// <summary>What its requests are measured with.</summary>
    public RequestTags Tags { get; } = new(options.Name);

    /// <summary>Its access log; <see langword="null"/> where it has none.</summary>
    public AccessLog? AccessLog { get; init; }

    /// <summary>Whether there are entries that answer 503, because the plugin with their middleware failed to load.</summary>
    public bool HasGaps { get; init; }

    /// <summary>Whether its entries count requests for their plugins.</summary>
    public bool HasStatistics { get; init; }

    /// <summary>The limit of request bodies where no entry says otherwise; <see langword="null"/> for none.</summary>
    public long? MaxRequestBodySize => maxRequestBodySize;

    /// <summary>The pipeline: middleware in order, 404 at the end.</summary>
    public RequestDelegate Pipeline => pipeline;

    /// <summary>Serves a request. Never throws: what goes wrong becomes an answer, or the end of the connection.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever a middleware throws is turned into an answer and logged.")]
    public Task ServeAsync(Http1Context context, CancellationToken cancellation)
    {
        Task serving;
        try
        {
            serving = (context.Request.Path == "*" ? AnswerOptions(context) : pipeline(context, cancellation))
                ?? throw new InvalidOperationException("A middleware returned null in place of a task.");
        }
        catch (Exception exception)
        {
            return errors.FailAsync(context, this, exception, cancellation);
        }

        return serving.IsCompletedSuccessfully && !ErrorResponder.NeedsPage(context.Response)
            ? Task.CompletedTask
            : errors.AwaitAsync(context, this, serving, cancellation);
    }

    /// <summary>Turns what a middleware threw into an answer.</summary>
    public Task FailAsync(Http1Context context, Exception exception, CancellationToken cancellation) =>
        errors.FailAsync(context, this, exception, cancellation);

    /// <summary>Whether the same would be made from other options and other plugins.</summary>
    public bool IsSameAs(VirtualServerOptions other, long? otherMaxRequestBodySize, IMiddlewareCatalog catalog, PluginsOptions plugins) =>
        options.Fingerprint is { } fingerprint
        && fingerprint == other.Fingerprint
        && options.Name == other.Name
        && maxRequestBodySize == otherMaxRequestBodySize
        && !HasGaps
        && HasStatistics == plugins.Statistics
        && lifetime.Middleware.All(middleware => middleware.IsCurrentIn(catalog, plugins));

    /// <summary>The path that answers in place of the default page of a status, or <see langword="null"/>.</summary>
    public string? GetErrorPage(int statusCode) => options.ErrorPages.GetValueOrDefault(statusCode);

    /// <summary>OPTIONS * asks about the server as a whole (RFC 9110 section 9.3.7).</summary>
    private static Task AnswerOptions(Http1Context context)
    {
        context.Response.StatusCode = StatusCodes.NoContent;
        context.Response.Headers[Fields.Allow] = KnownMethods;
        return Task.CompletedTask;
    }
}
