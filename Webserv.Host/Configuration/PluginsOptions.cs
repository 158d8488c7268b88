using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>Where plugins come from.</summary>
internal sealed class PluginsOptions
{
    /// <summary>Directories to look in besides <c>plugins/</c> next to the program. Those that do not exist are passed over.</summary>
    [Description("Directories to look in besides `plugins/` next to the program. Those that do not exist are passed over.")]
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>Whether plugins that were added, replaced or removed are noticed while the server runs.</summary>
    [Description("Whether plugins that were added, replaced or removed are noticed while the server runs. Otherwise that takes a SIGHUP (`webserv reload`).")]
    public bool HotReload { get; set; } = true;
}
