using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("ThrowsInConstructor", typeof(Webserv.TestPlugins.ThrowsInConstructor.ThrowsInConstructorPlugin))]

namespace Webserv.TestPlugins.ThrowsInConstructor;

/// <summary>Fails when it is made.</summary>
public sealed class ThrowsInConstructorPlugin : IPlugin
{
    /// <summary>Fails.</summary>
    public ThrowsInConstructorPlugin() => throw new NotSupportedException("no ink");

    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
    }
}
