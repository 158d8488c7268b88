using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;
using Webserv.Abstractions.Pipeline;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.FastCgi;

/// <summary>What the host and the library lend to a <see cref="Service"/>.</summary>
internal sealed record ServiceParts(
    IPipelineEntry Entry, IOpenFileCache Files, IPipeStreams Streams, IProcessRunner Runner, TimeProvider Time, ILogger Logger);
