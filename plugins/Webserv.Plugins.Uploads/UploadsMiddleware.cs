using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Stores files: POST of a form (multipart/form-data), PUT of a path; removes them: DELETE of a path. Every file is written
/// beside its place and appears there whole or not at all. Other methods go on to the next entry.
/// </summary>
public sealed class UploadsMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    private static readonly string[] AllMethods = [HttpMethods.Post, HttpMethods.Put, HttpMethods.Delete];

    private readonly ILogger _logger;
    private readonly string[] _methods;
    private readonly UploadDirectory _directory;
    private readonly PostHandler _post;
    private readonly PutHandler _put;
    private readonly DeleteHandler _delete;
    private readonly ClearingUp _clearingUp;

    /// <summary>Makes the middleware of one entry.</summary>
    /// <param name="options">Valid options.</param>
    /// <param name="entry">The entry, whose root is the default of the directory.</param>
    /// <param name="files">Knows the entity-tags of what is there, and is told of what changes, so that it is served at once.</param>
    /// <param name="time">Tells how old what a crash left behind is.</param>
    /// <param name="logger">For what is stored and removed.</param>
    /// <exception cref="InvalidOperationException">Neither the options nor the entry name a directory.</exception>
    public UploadsMiddleware(
        IOptions<UploadsOptions> options, IPipelineEntry entry, IOpenFileCache files, TimeProvider time, ILogger<UploadsMiddleware> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(files);
        var value = options.Value;
        var names = new FileNames(value);
        var store = new FileStore(value, names, files, logger);
        _logger = logger;
        _methods = value.Methods.Count == 0 ? AllMethods : [.. value.Methods];
        _directory = new UploadDirectory(entry, value, names, files, logger);
        var preconditions = new Preconditions(_directory.Root);
        _post = new PostHandler(value, _directory, names, store);
        _put = new PutHandler(value, _directory, names, store, preconditions);
        _delete = new DeleteHandler(_directory, names, store, preconditions);
        _clearingUp = new ClearingUp(_directory.Path, time, logger);
    }

    /// <summary>Ends when what uploads left behind that a crash ended is removed.</summary>
    internal Task ClearingUp => _clearingUp.Completion;

    /// <summary>Makes the directory, and begins to remove what uploads left behind that a crash ended; that goes on beside the service.</summary>
    public Task InitializeAsync(CancellationToken cancellation) =>
        Task.Run(
            () =>
            {
                _directory.Prepare();
                _clearingUp.Start();
            },
            cancellation);

    /// <summary>Ends the removal of what a crash left behind.</summary>
    public ValueTask DisposeAsync() => _clearingUp.DisposeAsync();

    /// <inheritdoc/>
    public async Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(next);
        var method = context.Request.Method;
        if (!_methods.Contains(method))
        {
            if (!HttpMethods.IsGetOrHead(method))
            {
                // For GET and HEAD what is not there is not found, whatever could be stored there.
                context.GetFeature<IAllowedMethodsFeature>()?.Add(_methods);
            }

            await next(context, cancellation).ConfigureAwait(false);
            return;
        }

        try
        {
            switch (method)
            {
                case HttpMethods.Post:
                    await _post.HandleAsync(context, cancellation).ConfigureAwait(false);
                    break;
                case HttpMethods.Put:
                    await _put.HandleAsync(context, cancellation).ConfigureAwait(false);
                    break;
                default:
                    _delete.Handle(context);
                    break;
            }
        }
        catch (HttpException exception)
        {
            Log.Refused(_logger, context.Request.Path, exception.Message, exception.StatusCode == StatusCodes.InsufficientStorage ? exception : null);
            throw;
        }
    }
}
