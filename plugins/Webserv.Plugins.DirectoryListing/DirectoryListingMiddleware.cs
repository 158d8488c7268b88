using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.DirectoryListing.Html;
using Webserv.Plugins.DirectoryListing.Output;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>
/// Answers GET and HEAD for a directory with what is in it, as a page, JSON or text, and sends requests without the slash at the
/// end to the path with it (301). Everything else goes on to the next entry.
/// </summary>
/// <remarks>It reads directories, which blocks, and so is not marked as non-blocking.</remarks>
public sealed class DirectoryListingMiddleware : IMiddleware, IDisposable
{
    private readonly IPipelineEntry _entry;
    private readonly IDocumentRoot _root;
    private readonly HiddenNames _hidden;
    private readonly DirectoryReader _reader;
    private readonly ReadmeFile _readme;
    private readonly TemplateFile _template;

    /// <summary>Makes the middleware of one entry.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="entry">The entry whose root is listed.</param>
    /// <param name="files">Opens the root.</param>
    /// <param name="logger">For files that can not be shown.</param>
    /// <exception cref="InvalidOperationException">The entry has no root, or the template is wrong.</exception>
    public DirectoryListingMiddleware(
        IOptions<DirectoryListingOptions> options, IPipelineEntry entry, IOpenFileCache files, ILogger<DirectoryListingMiddleware> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(files);
        var value = options.Value;
        _entry = entry;
        _root = files.OpenRoot(entry, new DocumentRootOptions { ServeDotFiles = value.ShowHidden, SymbolicLinks = value.SymbolicLinks });
        _hidden = new HiddenNames(value);
        _reader = new DirectoryReader(_root, value, _hidden);
        _readme = new ReadmeFile(_root, value, logger);
        _template = new TemplateFile(value.Template is null ? null : entry.ResolvePath(value.Template), value.ContentSecurityPolicy, logger);
    }

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var request = context.Request;
        if (_root.Find(request.Path) is not { Kind: FileKind.Directory } directory || _hidden.HidesPath(_entry.GetPathBelowRoot(request.Path)))
        {
            return next(context, cancellation);
        }

        if (!HttpMethods.IsGetOrHead(request.Method))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
            return next(context, cancellation);
        }

        if (!request.Path.EndsWith('/'))
        {
            // Relative links need the slash.
            var query = request.Query.Length == 0 || request.Query.AsSpan().ContainsAnyExceptInRange('!', '~') ? "" : "?" + request.Query;
            context.Response.Redirect(UriPath.Encode(request.Path + "/") + query, StatusCodes.MovedPermanently);
            return Task.CompletedTask;
        }

        return AnswerAsync(context, directory, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    private static void SetLinks(IHttpResponse response, ListingQuery query, Listing listing)
    {
        // RFC 8288: also for those who get text, and for HEAD.
        if (query.Page > 1)
        {
            response.Headers.Append(Fields.Link, $"<{(query with { Page = query.Page - 1 }).ToReference()}>; rel=\"prev\"");
        }

        if (query.Page < listing.Pages)
        {
            response.Headers.Append(Fields.Link, $"<{(query with { Page = query.Page + 1 }).ToReference()}>; rel=\"next\"");
        }
    }

    private async Task AnswerAsync(IHttpContext context, IFileEntry directory, CancellationToken cancellation)
    {
        var (request, response) = (context.Request, context.Response);
        var query = ListingQuery.Parse(request.Query);
        var format = query.Format ?? AcceptField.Choose(request.Headers[Fields.Accept]);
        var listing = await _reader.ReadAsync(directory, query, cancellation).ConfigureAwait(false);
        var (template, policy) = _template.Get();
        var entityTag = ListingTag.Make(listing, format, query, template.Version);
        response.Headers.Append(Fields.Vary, Fields.Accept);
        response.Headers[Fields.CacheControl] = "no-cache";
        response.Headers[Fields.ETag] = entityTag;
        var status = ListingConditions.Evaluate(request.Headers, entityTag);
        if (status == StatusCodes.PreconditionFailed)
        {
            throw new HttpException(status, "Listings have weak entity-tags, and If-Match asks for a strong one.");
        }

        if (status == StatusCodes.NotModified)
        {
            response.StatusCode = status;
            return;
        }

        response.Headers[Fields.XContentTypeOptions] = "nosniff";
        SetLinks(response, query, listing);
        using var buffer = new BodyBuffer(response.Body);
        switch (format)
        {
            case ListingFormat.Json:
                response.Headers[Fields.ContentType] = "application/json";
                await JsonListing.WriteAsync(buffer, request.Path, listing, query, cancellation).ConfigureAwait(false);
                break;
            case ListingFormat.Text:
                response.Headers[Fields.ContentType] = "text/plain; charset=utf-8";
                await TextListing.WriteAsync(buffer, listing, cancellation).ConfigureAwait(false);
                break;
            default:
                response.Headers[Fields.ContentType] = "text/html; charset=utf-8";
                response.Headers[Fields.ContentSecurityPolicy] = policy;
                var readme = listing.Readme is { } file ? await _readme.ToHtmlAsync(file, cancellation).ConfigureAwait(false) : "";
                await new HtmlListing(request.Path, listing, query, readme).WriteAsync(buffer, template, cancellation).ConfigureAwait(false);
                break;
        }
    }
}
