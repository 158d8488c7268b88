namespace Webserv.Host.Plugins;

/// <summary>A file of a plugin.</summary>
/// <param name="Name">Its path below the plugin's directory, with slashes.</param>
/// <param name="FullPath">Where its content is.</param>
internal readonly record struct PluginFile(string Name, string FullPath);
