using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>Where plugins come from.</summary>
internal sealed class PluginsOptions
{
    /// <summary>Directories to look in besides <c>plugins/</c> next to the program. Those that do not exist are passed over.</summary>
    [Description("Directories to look in besides `plugins/` next to the program. Those that do not exist are passed over.")]
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>Reserved: whether files are watched and a changed plugin is loaded on its own. Until then it is loaded on SIGHUP.</summary>
    [Description("Reserved for loading a changed plugin on its own; it has no effect yet. A changed plugin is loaded on SIGHUP (`webserv reload`).")]
    public bool HotReload { get; set; } = true;
}
