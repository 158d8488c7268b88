using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi;

/// <summary>
/// Has requests answered by programs that speak SCGI, over TCP or unix sockets, which somebody else has started or the
/// server does. Requests for files that are no scripts go on to the next entry.
/// </summary>
[NonBlocking(ReleasesContext = true)]
internal sealed class ScgiMiddleware(
    IOptions<ScgiOptions> options,
    IPipelineEntry entry,
    IOpenFileCache files,
    IPipeStreams streams,
    IProcessRunner runner,
    TimeProvider time,
    ILogger<ScgiMiddleware> logger)
    : ServiceMiddleware(Service.CreateScgi(new ServiceParts(entry, files, streams, runner, time, logger), options.Value));
