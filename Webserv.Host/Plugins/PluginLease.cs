namespace Webserv.Host.Plugins;

/// <summary>One user of a plugin, such as a generation of pipelines: the plugin is not unloaded before it is disposed.</summary>
internal sealed class PluginLease : IAsyncDisposable
{
    private PluginInstance? _plugin;

    /// <summary>Made by <see cref="PluginInstance.Acquire"/>.</summary>
    internal PluginLease(PluginInstance plugin) => _plugin = plugin;

    /// <summary>Ends the use. The last one out waits until the plugin is cleaned up.</summary>
    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _plugin, null) is { } plugin ? plugin.ReleaseAsync() : ValueTask.CompletedTask;
}
