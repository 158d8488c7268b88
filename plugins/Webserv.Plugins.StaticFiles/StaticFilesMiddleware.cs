using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Answers GET and HEAD with the files below the entry's root, with conditional requests and ranges. A path without a file, and
/// any other method, goes on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class StaticFilesMiddleware : IMiddleware
{
    private readonly FileLocator _locator;
    private readonly FileResponder _responder;

    /// <summary>Opens the entry's root.</summary>
    /// <exception cref="InvalidOperationException">The entry has no root.</exception>
    public StaticFilesMiddleware(
        IOptions<StaticFilesOptions> options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time)
    {
        var settings = options.Value;
        var root = files.OpenRoot(
            entry, new DocumentRootOptions { ServeDotFiles = settings.ServeDotFiles, SymbolicLinks = settings.SymbolicLinks });
        _locator = new FileLocator(settings, root);
        _responder = new FileResponder(settings, time);
    }

    /// <inheritdoc />
    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        var request = context.Request;
        var file = _locator.Find(request.Path);
        var isFolder = file.Kind == FileKind.Directory && !request.Path.EndsWith('/');
        return file.Kind switch
        {
            FileKind.Forbidden => Task.FromException(new HttpException(StatusCodes.Forbidden, $"{file.PhysicalPath} may not be read")),
            FileKind.File when HttpMethods.IsGetOrHead(request.Method) => _responder.RespondAsync(context, file, cancellation),
            _ when isFolder && HttpMethods.IsGetOrHead(request.Method) => RedirectToDirectory(context),
            _ when isFolder || file.Kind == FileKind.File => PassOn(context, next, cancellation),
            _ => next(context, cancellation),
        };
    }

    private static Task RedirectToDirectory(IHttpContext context)
    {
        context.Response.Redirect(DirectoryLocation.Create(context.Request), StatusCodes.MovedPermanently);
        return Task.CompletedTask;
    }

    /// <summary>Somebody behind may know what to do with the method; if nobody does, the answer tells what would have been done here.</summary>
    private static Task PassOn(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        context.GetFeature<IAllowedMethodsFeature>()?.Add(HttpMethods.Get, HttpMethods.Head);
        return next(context, cancellation);
    }
}
