using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Abstractions.Plugins;

namespace Webserv.TestPlugins.Good;

/// <summary>Asks for all that the host lends, and for the plugin's own service.</summary>
[NonBlocking(AnswersAtOnce = true)]
internal sealed class Plain(
    Microsoft.Extensions.Logging.ILogger<Plain> logger,
    Microsoft.Extensions.Logging.ILoggerFactory loggerFactory,
    TimeProvider timeProvider,
    IOpenFileCache files,
    IPipeStreams pipes,
    IPluginContext plugin,
    Counter counter) : IMiddleware
{
    public override string ToString() =>
        $"{plugin.Id} {plugin.Version} {counter.Initialised} {logger is not null && loggerFactory is not null && timeProvider is not null && files is not null && pipes is not null}";

    public Task InvokeAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation) => next(context, cancellation);
}
