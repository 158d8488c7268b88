namespace Webserv.Host.Configuration;

/// <summary>Where plugins come from.</summary>
internal sealed class PluginsOptions
{
    /// <summary>Directories to look in besides <c>plugins/</c> next to the program. Those that do not exist are passed over.</summary>
    public IReadOnlyList<string> Directories { get; set; } = [];

    /// <summary>Whether a changed plugin is loaded while the server runs.</summary>
    public bool HotReload { get; set; } = true;
}
