using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.StaticFiles.Encodings;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Answers GET and HEAD with the files below the entry's root, with conditional requests and ranges. A path without a file, and
/// any other method, goes on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class StaticFilesMiddleware : IMiddleware, IAsyncDisposable
{
    private readonly FileLocator _locator;
    private readonly FileResponder _responder;
    private readonly NameFinder? _names;
    private readonly bool _redirectsToNames;
    private readonly int? _noIndexStatus;
    private readonly FileCompression? _compression;

    /// <summary>Opens the entry's root.</summary>
    /// <exception cref="InvalidOperationException">The entry has no root.</exception>
    public StaticFilesMiddleware(
        IOptions<StaticFilesOptions> options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time, ILogger<StaticFilesMiddleware> logger)
    {
        var settings = options.Value;
        var root = files.OpenRoot(
            entry, new DocumentRootOptions { ServeDotFiles = settings.ServeDotFiles, SymbolicLinks = settings.SymbolicLinks });
        _locator = new FileLocator(settings, root);
        if (settings.Compression.Codings.Count > 0)
        {
            _compression = new FileCompression(settings.Compression, root, time, logger);
        }

        var negotiator = new Negotiator(ContentCoding.Parse(settings.Precompressed), new SiblingFinder(root, time, logger), _compression);
        _responder = new FileResponder(settings, root, negotiator, _compression, time);
        _names = settings.CaseSensitivity == CaseSensitivity.Exact ? null : new NameFinder(root);
        _redirectsToNames = settings.CaseSensitivity == CaseSensitivity.Redirect;
        _noIndexStatus = settings.NoIndexStatus;
    }

    /// <summary>The bytes of memory that compressed files take.</summary>
    internal long CompressedMemory => _compression?.Memory ?? 0;

    /// <summary>The bytes of memory that compressed files take, those that slow clients still take among them.</summary>
    internal long HeldMemory => _compression?.Held ?? 0;

    /// <inheritdoc />
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var path = context.Request.Path;
        return !HttpMethods.IsGetOrHead(context.Request.Method) ? PassOn(context, next, cancellation)
            : _names is null || _locator.FindItself(path).Kind != FileKind.Missing ? Answer(context, path, next, cancellation)
            : _names.FindKnown(path) is { } name ? AnswerUnderName(context, name, next, cancellation)
            : FindNameAndAnswerAsync(context, path, _names, next, cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _compression?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task Answer(IHttpContext context, string path, RequestDelegate next, CancellationToken cancellation)
    {
        var file = _locator.Find(path);
        switch (file?.Kind)
        {
            case FileKind.File:
                return _responder.RespondAsync(context, file, cancellation);
            case FileKind.Forbidden:
                return Refuse(file);
            case FileKind.Directory when !path.EndsWith('/'):
                return Redirect(context, DirectoryLocation.Create(context.Request));
            case FileKind.Directory when _noIndexStatus is { } status:
                return Task.FromException(new HttpException(status, $"{file.PhysicalPath} has no index file"));
            default:
                break;
        }

        if (_locator.ElseStatus is { } otherwise)
        {
            return Task.FromException(new HttpException(otherwise, "nothing that TryFiles names is there"));
        }

        // A directory is left to a listing.
        return file?.Kind != FileKind.Directory && _locator.FindFallback() is { } page && Navigation.IsPage(context.Request)
            ? AnswerWithPage(context, page, cancellation)
            : next(context, cancellation);
    }

    private Task AnswerWithPage(IHttpContext context, IFileEntry page, CancellationToken cancellation)
    {
        if (page.Kind == FileKind.Forbidden)
        {
            return Refuse(page);
        }

        context.Response.Headers.Append(Fields.Vary, Navigation.VaryBy);
        return _responder.RespondAsync(context, page, cancellation);
    }

    private async Task FindNameAndAnswerAsync(
        IHttpContext context, string path, NameFinder names, RequestDelegate next, CancellationToken cancellation)
    {
        var name = await names.FindAsync(path, cancellation);
        await (name is null ? Answer(context, path, next, cancellation) : AnswerUnderName(context, name, next, cancellation));
    }

    private Task AnswerUnderName(IHttpContext context, string name, RequestDelegate next, CancellationToken cancellation) =>
        _redirectsToNames
            ? Redirect(context, DirectoryLocation.Create(context.Request, name))
            : Answer(context, name, next, cancellation);

    /// <summary>Somebody behind may know what to do with the method; if nobody does, the answer tells what would have been done here.</summary>
    private Task PassOn(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var path = context.Request.Path;
        var file = _locator.FindItself(path);
        if (file.Kind == FileKind.Forbidden)
        {
            return Refuse(file);
        }

        if (file.Kind == FileKind.File || (file.Kind == FileKind.Directory && !path.EndsWith('/')))
        {
            context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
        }

        return next(context, cancellation);
    }

    private static Task Refuse(IFileEntry file) =>
        Task.FromException(new HttpException(StatusCodes.Forbidden, $"{file.PhysicalPath} may not be read"));

    private static Task Redirect(IHttpContext context, string location)
    {
        context.Response.Redirect(location, StatusCodes.MovedPermanently);
        return Task.CompletedTask;
    }
}
