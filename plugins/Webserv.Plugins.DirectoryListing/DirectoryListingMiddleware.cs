using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>
/// Answers GET and HEAD for a directory with a page of what is in it, and sends requests without the slash at the end to the
/// path with it (301). Everything else goes on to the next entry.
/// </summary>
/// <remarks>It reads directories, which blocks, and so is not marked as non-blocking.</remarks>
public sealed class DirectoryListingMiddleware : IMiddleware
{
    private readonly IDocumentRoot _root;
    private readonly DirectoryReader _reader;

    /// <summary>Makes the middleware of one entry.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="entry">The entry whose root is listed.</param>
    /// <param name="files">Opens the root.</param>
    /// <exception cref="InvalidOperationException">The entry has no root.</exception>
    public DirectoryListingMiddleware(IOptions<DirectoryListingOptions> options, IPipelineEntry entry, IOpenFileCache files)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        var value = options.Value;
        _root = files.OpenRoot(entry, new DocumentRootOptions { ServeDotFiles = value.ShowHidden, SymbolicLinks = value.SymbolicLinks });
        _reader = new DirectoryReader(_root, value);
    }

    /// <inheritdoc/>
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var request = context.Request;
        if (_root.Find(request.Path) is not { Kind: FileKind.Directory } directory)
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

    private async Task AnswerAsync(IHttpContext context, IFileEntry directory, CancellationToken cancellation)
    {
        var order = ListingOrder.Parse(context.Request.Query);
        var listing = _reader.Read(directory, cancellation);
        order.Sort(listing.Items);

        var response = context.Response;
        response.Headers[Fields.ContentType] = "text/html; charset=utf-8";
        response.Headers[Fields.CacheControl] = "no-cache";
        response.Headers[Fields.XContentTypeOptions] = "nosniff";
        response.Headers[Fields.ContentSecurityPolicy] = PageAssets.ContentSecurityPolicy;
        await new ListingPage(context.Request.Path, listing, order).WriteAsync(response.Body, cancellation).ConfigureAwait(false);
    }
}
