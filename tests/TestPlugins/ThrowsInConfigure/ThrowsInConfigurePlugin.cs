using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("ThrowsInConfigure", typeof(Webserv.TestPlugins.ThrowsInConfigure.ThrowsInConfigurePlugin))]

namespace Webserv.TestPlugins.ThrowsInConfigure;

/// <summary>Fails when it is configured.</summary>
public sealed class ThrowsInConfigurePlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => throw new InvalidOperationException("the moon is full");
}
