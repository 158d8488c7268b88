using Microsoft.Extensions.Logging;

namespace Webserv.Abstractions.Plugins;

/// <summary>What a plugin may know about itself and its host.</summary>
public interface IPluginContext
{
    /// <summary>The plugin's id, as in its <see cref="WebservPluginAttribute"/>.</summary>
    string Id { get; }

    /// <summary>The version of the plugin's assembly.</summary>
    Version Version { get; }

    /// <summary>
    /// The directory that the plugin's files were loaded from. It is a private copy, so that the original can be
    /// overwritten while the plugin runs: read from it, never write to it.
    /// </summary>
    string Directory { get; }

    /// <summary>The directory of the configuration file, against which relative paths are resolved.</summary>
    string ConfigurationDirectory { get; }

    /// <summary>The host's loggers.</summary>
    ILoggerFactory LoggerFactory { get; }

    /// <summary>The host's clock.</summary>
    TimeProvider TimeProvider { get; }
}
