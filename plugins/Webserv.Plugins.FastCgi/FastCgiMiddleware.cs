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
/// Has requests answered by programs that speak FastCGI 1.0, over TCP or unix sockets, which somebody else has started or
/// the server does. Requests for files that are no scripts go on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class FastCgiMiddleware : IMiddleware, IAsyncInitializer, IAsyncDisposable
{
    public FastCgiMiddleware(
        IOptions<FastCgiOptions> options,
        IPipelineEntry entry,
        IOpenFileCache files,
        IPipeStreams streams,
        IProcessRunner runner,
        TimeProvider time,
        ILogger<FastCgiMiddleware> logger)
    {
        var value = options.Value;
        var program = value.Command is { } command ? CommandProgram.Create(command, value.RequestsPerWorker, value, entry) : null;
        Service = Service.CreateFastCgi(
            new ServiceParts(entry, files, streams, runner, time, logger), value, (Role)(value.Role + 1), value.KeepAliveTimeout, value.ChunkedBody, program);
    }

    /// <summary>What it consists of.</summary>
    internal Service Service { get; }

    public Task InitializeAsync(CancellationToken cancellation)
    {
        Service.Start();
        return Task.CompletedTask;
    }

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) =>
        Service.InvokeAsync(context, next, cancellation);

    public ValueTask DisposeAsync() => Service.DisposeAsync();
}
