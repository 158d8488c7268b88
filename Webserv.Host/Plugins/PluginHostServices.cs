using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.IO;

namespace Webserv.Host.Plugins;

/// <summary>What the host lends to plugins: instances, never its own container.</summary>
/// <param name="ConfigurationDirectory">The directory of the configuration file.</param>
/// <param name="LoggerFactory">The loggers.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="OpenFileCache">The open-file cache.</param>
/// <param name="PipeStreams">Streams over descriptors.</param>
internal sealed record PluginHostServices(
    string ConfigurationDirectory,
    ILoggerFactory LoggerFactory,
    TimeProvider TimeProvider,
    IOpenFileCache OpenFileCache,
    IPipeStreams PipeStreams);
