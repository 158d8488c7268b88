namespace Webserv.Host.Plugins;

/// <summary>Knows every plugin that a server has loaded and that is still in memory, replaced ones too. It keeps none of them there.</summary>
internal sealed class PluginRegister
{
    private readonly Lock _sync = new();
    private readonly List<PluginInstance> _plugins = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Those in memory, in the order in which they were loaded.</summary>
    public IReadOnlyList<PluginInstance> Plugins
    {
        get
        {
            lock (_sync)
            {
                Forget();
                return [.. _plugins];
            }
        }
    }

    /// <summary>Adds one that was loaded.</summary>
    public void Add(PluginInstance plugin)
    {
        lock (_sync)
        {
            Forget();
            plugin.Number = _numbers[plugin.Description.Id] = _numbers.GetValueOrDefault(plugin.Description.Id) + 1;
            _plugins.Add(plugin);
        }
    }

    // What an instance that was unloaded holds is text; the code of the plugin is behind a weak reference.
    private void Forget() => _plugins.RemoveAll(static plugin => !plugin.LoadContext.IsAlive);
}
