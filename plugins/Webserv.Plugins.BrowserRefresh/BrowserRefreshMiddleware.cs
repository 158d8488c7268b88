using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>
/// For development: a page that is open in a browser is loaded again by itself when a plugin or the configuration of its virtual server has
/// been replaced, when a file changes, and when the server is back. Stands before the entries whose pages are meant. Pages get a script,
/// and browsers ask before they use anything from their cache. Pages that are parts (206) or to be saved, and those with a Content-Encoding
/// or with <c>no-transform</c>, stay as they are; so does what scripts fetch.
/// </summary>
public sealed class BrowserRefreshMiddleware : IMiddleware, IDisposable
{
    // Tells a client that is gone from one that waits.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    private static readonly byte[] Script = ReadScript();
    private static readonly object Thrown = new();

    private readonly IPipelineEntry _entry;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ChangedFiles? _files;
    private readonly string _events;
    private readonly string _script;
    private readonly string _failure;
    private readonly bool _showExceptions;

    // An instance is made anew for another configuration of the entry, another build of this plugin, and when the server starts.
    private readonly string _instance = Guid.NewGuid().ToString("N")[..12];

    /// <summary>Made for an entry.</summary>
    public BrowserRefreshMiddleware(
        IOptions<BrowserRefreshOptions> options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time, ILogger<BrowserRefreshMiddleware> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(entry);
        (_entry, _time, _logger) = (entry, time, logger);
        (_events, _script, _failure) = (options.Value.Path, options.Value.Path + ".js", options.Value.Path + ".failure");
        _showExceptions = options.Value.ShowExceptions;
        _files = options.Value.Files && entry.Root is { } root ? new ChangedFiles(entry, root, files, time, logger) : null;
    }

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var below = _entry.GetPathBelowMatch(context.Request.Path);
        if (below == _failure && context.Items.TryGetValue(Thrown, out var thrown) && thrown is ThrownException failure)
        {
            return SendFailureAsync(context, failure, cancellation);
        }

        if (!HttpMethods.IsGetOrHead(context.Request.Method))
        {
            return next(context, cancellation);
        }

        return below == _script ? SendScriptAsync(context.Response, cancellation)
            : below == _events ? SendEventsAsync(context, cancellation)
            : IsForPage(context.Request) ? SendPageAsync(context, next, below, cancellation)
            : SendOtherAsync(context, next, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    /// <summary>Whether a browser shows the answer as a page of its own: it says so where it may, and otherwise asks for HTML.</summary>
    private static bool IsForPage(IHttpRequest request) =>
        request.Headers["Sec-Fetch-Dest"].ToString() is { Length: > 0 } destination
            ? destination == "document"
            : request.Headers[Fields.Accept].ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static byte[] ReadScript()
    {
        using var stream = typeof(BrowserRefreshMiddleware).Assembly.GetManifestResourceStream("refresh.js")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static async Task SendScriptAsync(IHttpResponse response, CancellationToken cancellation)
    {
        response.Headers[Fields.ContentType] = "text/javascript; charset=utf-8";
        response.Headers[Fields.CacheControl] = "no-cache";
        response.ContentLength = Script.Length;
        await response.Body.WriteAsync(Script, cancellation).ConfigureAwait(false);
    }

    private static Task SendOtherAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var response = context.Response;
        response.OnStarting(() =>
        {
            if (!response.Headers[Fields.CacheControl].ToString().Contains("no-store", StringComparison.OrdinalIgnoreCase))
            {
                response.Headers[Fields.CacheControl] = "no-cache";
            }

            return Task.CompletedTask;
        });
        return next(context, cancellation);
    }

    /// <summary>What a page was made by, and asks with: it is loaded again when that is not what the next one is made by.</summary>
    private string GetVersion(IHttpContext context) => string.Create(
        CultureInfo.InvariantCulture, $"{_instance}-{context.GetFeature<IGenerationFeature>()?.Number ?? 0}-{_files?.Count ?? 0}");

    private async Task SendPageAsync(IHttpContext context, RequestDelegate next, string below, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        var (method, path) = (request.Method, request.Path);
        var page = new PageAnswer(response, MakeTag(context, below));
        try
        {
            await AskAsync(page, context, next, cancellation).ConfigureAwait(false);
        }
        catch (HttpException exception) when (exception.StatusCode >= 400)
        {
            exception.Headers[ErrorPages.Refresh] = ErrorPages.RefreshValue;
            throw;
        }
        catch (Exception exception) when (
            exception is not HttpException && MayShow(context) && !response.HasStarted && !cancellation.IsCancellationRequested
            && !context.Items.ContainsKey(Thrown) && context.GetFeature<ILocalRedirectFeature>() is not null)
        {
            // What is written by now goes with the redirect.
            Log.RequestFailed(_logger, context.TraceId, method, path, exception);
            context.Items[Thrown] = new ThrownException(exception, $"{method} {path}");
            await context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync(GetPrefix(path, below) + _failure, cancellation).ConfigureAwait(false);
            return;
        }

        await page.CompleteAsync(cancellation).ConfigureAwait(false);
        if (page.LeftAloneBecause is { } reason)
        {
            Log.PageLeftAlone(_logger, context.TraceId, path, reason);
        }
    }

    private static async Task AskAsync(PageAnswer page, IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        try
        {
            await next(new PageContext(context), cancellation).ConfigureAwait(false);
        }
        catch
        {
            page.Abandon();
            throw;
        }
    }

    private bool MayShow(IHttpContext context) =>
        _showExceptions && context.Connection.RemoteAddress is { } address && IPAddress.IsLoopback(address);

    private async Task SendFailureAsync(IHttpContext context, ThrownException failure, CancellationToken cancellation)
    {
        var response = context.Response;
        var page = ErrorPages.Render(failure.Request, context.TraceId, failure.Exception);
        var tag = MakeTag(context, _failure);
        response.StatusCode = StatusCodes.InternalServerError;
        response.Headers[Fields.ContentType] = "text/html; charset=utf-8";
        response.Headers[Fields.CacheControl] = "no-store";
        response.ContentLength = page.Length + tag.Length;
        await response.Body.WriteAsync(page, cancellation).ConfigureAwait(false);
        await response.Body.WriteAsync(tag, cancellation).ConfigureAwait(false);
    }

    private byte[] MakeTag(IHttpContext context, string below) =>
        Encoding.ASCII.GetBytes($"\n<script async src=\"{WebUtility.HtmlEncode(GetPrefix(context.Request.Path, below) + _script)}?{GetVersion(context)}\"></script>\n");

    /// <summary>What the entry is for, as it stands in links.</summary>
    private static string GetPrefix(string path, string below) =>
        path.Length > below.Length && path.EndsWith(below, StringComparison.Ordinal) ? UriPath.Encode(path[..^below.Length]) : "";

    /// <summary>
    /// Answers with events (HTML, "server-sent events") until something changes. Where the generation retires or the server stops, the answer just
    /// ends: the client asks again, with the version that it has, and comes to what is in place then.
    /// </summary>
    private async Task SendEventsAsync(IHttpContext context, CancellationToken cancellation)
    {
        var (response, changed) = (context.Response, _files?.Next ?? Task.Delay(Timeout.InfiniteTimeSpan, cancellation));
        response.Headers[Fields.ContentType] = "text/event-stream";
        response.Headers[Fields.CacheControl] = "no-store";
        if (context.Request.Method == HttpMethods.Head)
        {
            return;
        }

        if (context.Request.Query == GetVersion(context))
        {
            var retiring = context.GetFeature<IGenerationFeature>()?.Retiring ?? CancellationToken.None;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, retiring);
            try
            {
                while (!changed.IsCompleted)
                {
                    await response.Body.WriteAsync(":\n\n"u8.ToArray(), cancellation).ConfigureAwait(false);
                    await response.Body.FlushAsync(cancellation).ConfigureAwait(false);
                    await WaitAsync(changed, ending.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (retiring.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                return;
            }
        }

        await response.Body.WriteAsync("data: changed\n\n"u8.ToArray(), cancellation).ConfigureAwait(false);
    }

    private async Task WaitAsync(Task changed, CancellationToken ending)
    {
        try
        {
            await changed.WaitAsync(KeepAlive, _time, ending).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Another line then.
        }
    }

    private sealed record ThrownException(Exception Exception, string Request);
}
