using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi;

/// <summary>
/// Has requests answered by programs that speak FastCGI 1.0, over TCP or unix sockets, which somebody else has started or the
/// server does. Requests for files that are no scripts go on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class FastCgiMiddleware(
    IOptions<FastCgiOptions> options,
    IPipelineEntry entry,
    IOpenFileCache files,
    IPipeStreams streams,
    IProcessRunner runner,
    TimeProvider time,
    ILogger<FastCgiMiddleware> logger)
    : ServiceMiddleware(Service.CreateFastCgi(new ServiceParts(entry, files, streams, runner, time, logger), options.Value));
