namespace Webserv.Host.Plugins;

/// <summary>A file of a plugin. A class: lists of structures are compiled at every start.</summary>
/// <param name="Name">Its path below the plugin's directory, with slashes.</param>
/// <param name="FullPath">Where its content is.</param>
internal sealed record PluginFile(string Name, string FullPath);
