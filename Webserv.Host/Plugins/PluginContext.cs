using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>What a plugin is told.</summary>
internal sealed class PluginContext(PluginMetadata metadata, string directory, PluginHostServices host) : IPluginContext
{
    public string Id => metadata.Id;

    public Version Version => metadata.Version;

    public string Directory => directory;

    public string ConfigurationDirectory => host.ConfigurationDirectory;

    public ILoggerFactory LoggerFactory => host.LoggerFactory;

    public TimeProvider TimeProvider => host.TimeProvider;
}
