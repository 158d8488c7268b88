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
[NonBlocking(ReleasesContext = true, AnswersAtOnce = true)]
internal sealed class StaticFilesMiddleware : IMiddleware, IAsyncDisposable
{
    private readonly FileLocator _locator;
    private readonly FileResponder _responder;
    private readonly NameFinder? _names;
    private readonly NameRedirects? _redirects;
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
        _names = settings.CaseSensitivity == CaseSensitivity.Exact ? null : new NameFinder(root, time);
        _redirects = settings.CaseSensitivity == CaseSensitivity.Ignore ? new NameRedirects() : null;
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
        if (!HttpMethods.IsGetOrHead(context.Request.Method))
        {
            return PassOn(context, next, cancellation);
        }

        var file = _locator.Find(path, out var itself);
        if (file is not null || _names is null || itself.Kind != FileKind.Missing || _redirects?.TryGetConditions(context.Request, out _) == true)
        {
            return Answer(context, file ?? _locator.FindLast(path, itself), itself, next, cancellation);
        }

        return _names.TryFindNow(path, out var name)
            ? AnswerUnderName(context, name, itself, next, cancellation)
            : FindNameAndAnswerAsync(context, path, itself, _names, next, cancellation);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _compression?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task Answer(IHttpContext context, IFileEntry? file, IFileEntry itself, RequestDelegate next, CancellationToken cancellation)
    {
        switch (file?.Kind)
        {
            case FileKind.File:
                return Respond(context, file, cancellation);
            case FileKind.Forbidden:
                return Refuse(file);
            case FileKind.Directory when !context.Request.Path.EndsWith('/'):
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
        return itself.Kind != FileKind.Directory && _locator.FindFallback() is { } page
            ? AnswerWithPage(context, page, next, cancellation)
            : next(context, cancellation);
    }

    private Task AnswerWithPage(IHttpContext context, IFileEntry page, RequestDelegate next, CancellationToken cancellation)
    {
        // Also for those who do not get it: a cache must not keep their answer for those who would.
        context.Response.Headers.Append(Fields.Vary, Navigation.VaryBy);
        return !Navigation.IsPage(context.Request) ? next(context, cancellation)
            : page.Kind == FileKind.Forbidden ? Refuse(page)
            : Respond(context, page, cancellation);
    }

    private Task Respond(IHttpContext context, IFileEntry file, CancellationToken cancellation) =>
        _redirects?.TryGetConditions(context.Request, out var conditions) == true
            ? _responder.RespondAsync(context, file, conditions, cancellation)
            : _responder.RespondAsync(context, file, context.Request.Headers, cancellation);

    private async Task FindNameAndAnswerAsync(
        IHttpContext context, string path, IFileEntry itself, NameFinder names, RequestDelegate next, CancellationToken cancellation) =>
        await AnswerUnderName(context, await names.FindAsync(path, cancellation), itself, next, cancellation);

    private Task AnswerUnderName(IHttpContext context, string? name, IFileEntry itself, RequestDelegate next, CancellationToken cancellation) =>
        name is null ? Answer(context, _locator.FindLast(context.Request.Path, itself), itself, next, cancellation)
            : _redirects is not null ? _redirects.SendAsync(context, name, cancellation)
            : Redirect(context, DirectoryLocation.Create(context.Request, name));

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
