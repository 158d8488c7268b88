using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Logging;
using Webserv.Host.Plugins;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Server;

/// <summary>What a server is made of. Tests put others in their place.</summary>
/// <param name="Transport">Where connections come from.</param>
/// <param name="Files">The open-file cache.</param>
/// <param name="Loggers">The loggers; not owned.</param>
/// <param name="TimeProvider">The clock.</param>
/// <param name="PluginSettings">How plugins are loaded.</param>
internal sealed record WebServerParts(
    ITransport Transport, OpenFileCache Files, ILoggerFactory Loggers, TimeProvider TimeProvider, PluginCatalogSettings PluginSettings)
    : IAsyncDisposable
{
    /// <summary>The access logs that are open.</summary>
    public AccessLogs AccessLogs { get; } = new(TimeProvider, Loggers.CreateLogger<AccessLogs>());

    /// <summary>Makes the parts that a configuration asks for.</summary>
    /// <exception cref="PlatformNotSupportedException">The transport is not there on this platform.</exception>
    public static WebServerParts Create(
        WebservOptions options, ILoggerFactory loggers, PluginCatalogSettings? plugins = null, InheritedSockets? inherited = null)
    {
        var time = TimeProvider.System;
        var files = new OpenFileCache(options.FileCache, time, loggers.CreateLogger<OpenFileCache>());
        var transport = TransportFactory.Create(options.Transport, loggers, time, inherited);
        return new WebServerParts(transport, files, loggers, time, plugins ?? new PluginCatalogSettings());
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync().ConfigureAwait(false);
        Files.Dispose();
    }
}
