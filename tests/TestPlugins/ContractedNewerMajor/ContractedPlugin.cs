using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Contracted", typeof(Webserv.TestPlugins.Contracted.ContractedPlugin))]

namespace Webserv.TestPlugins.Contracted;

/// <summary>Uses nothing but what is there today. Its version tells that nobody can know.</summary>
public sealed class ContractedPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => throw new InvalidOperationException("No code of this plugin may run.");
}
