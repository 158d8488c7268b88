using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Versioned", typeof(Webserv.TestPlugins.Versioned.VersionedPlugin))]

namespace Webserv.TestPlugins.Versioned;

/// <summary>A plugin of which tests make other builds: they put another marker of the same length in its place.</summary>
public sealed class VersionedPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<VersionedMiddleware>("Versioned");
}
