using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Leaky", typeof(Webserv.TestPlugins.Leaky.LeakyPlugin))]

namespace Webserv.TestPlugins.Leaky;

/// <summary>Does what keeps a plugin in memory.</summary>
public sealed class LeakyPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.AddMiddleware<LeakyMiddleware, LeakyOptions, LeakyOptionsValidator>("Leaky");
}
