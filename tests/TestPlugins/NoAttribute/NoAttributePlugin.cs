using Webserv.Abstractions.Plugins;

namespace Webserv.TestPlugins.NoAttribute;

/// <summary>Would be a plugin if its assembly said so.</summary>
public sealed class NoAttributePlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
    }
}
