using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;
using Webserv.Gateway.Processes;
using Webserv.Plugins.FastCgi.Protocol;
using Webserv.Plugins.FastCgi.Workers;

namespace Webserv.Plugins.FastCgi;

/// <summary>
/// Runs PHP sites: <c>.php</c> scripts and <c>index.php</c>, by php-fpm or php-cgi, which the server starts and supervises,
/// or by a php-fpm that runs elsewhere. Requests for anything else go on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class PhpMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly PhpProgram? _program;

    public PhpMiddleware(
        IOptions<PhpOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IPipeStreams streams,
        IProcessRunner runner,
        TimeProvider time,
        ILogger<PhpMiddleware> logger)
    {
        var value = options.Value;
        if (value.Extensions.Count == 0)
        {
            value.Extensions = [".php"];
        }

        _logger = logger;
        _entry = entry.ConfigurationPath;
        _program = value.AllAddresses.Any() ? null : new PhpProgram(value, entry);
        Service = Service.CreateFastCgi(
            new ServiceParts(entry, files, streams, runner, time, logger), value, Role.Responder, value.KeepAliveTimeout, value.ChunkedBody, _program?.Create());
    }

    /// <summary>What it consists of.</summary>
    internal Service Service { get; }

    public Task InitializeAsync(CancellationToken cancellation)
    {
        if (_program is { IsInstalled: false })
        {
            // No error of configuration: the rest of the site runs.
            Log.PhpMissing(_logger, _entry, _program.Wanted, _program.SearchPath);
        }

        Service.Start();
        return Task.CompletedTask;
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        Service.InvokeAsync(context, next, cancellation);

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
