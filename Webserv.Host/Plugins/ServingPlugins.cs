namespace Webserv.Host.Plugins;

/// <summary>Tells the plugins that serve from those that were replaced and are in memory still.</summary>
/// <param name="Found">Everything that the serving generation has found, with what is loaded of it.</param>
/// <param name="Replaced">The others in memory, the oldest first.</param>
internal sealed record ServingPlugins(
    IReadOnlyList<(PluginDescription Description, PluginInstance? Instance)> Found, IReadOnlyList<PluginInstance> Replaced)
{
    /// <summary>How it is at this moment.</summary>
    /// <param name="found">What the serving generation has found.</param>
    /// <param name="register">What is in memory.</param>
    public static ServingPlugins Of(IReadOnlyList<PluginDescription> found, PluginRegister register)
    {
        var replaced = register.Plugins.ToList();
        var plugins = new List<(PluginDescription, PluginInstance?)>(found.Count);
        foreach (var plugin in found)
        {
            // The last one that was loaded of these files is the one that serves.
            var loaded = plugin.Hash is null ? null
                : replaced.FindLast(other => other.Description.Id == plugin.Id && other.Description.Hash == plugin.Hash && other.UnloadedAt is null);
            if (loaded is not null)
            {
                replaced.Remove(loaded);
            }

            plugins.Add((plugin, loaded));
        }

        return new ServingPlugins(plugins, replaced);
    }
}
