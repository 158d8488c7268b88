using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("NewerAbi", typeof(Webserv.TestPlugins.NewerAbi.NewerAbiPlugin), abi: 99)]

namespace Webserv.TestPlugins.NewerAbi;

/// <summary>Built for a contract that does not exist yet.</summary>
public sealed class NewerAbiPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => throw new InvalidOperationException("No code of this plugin may run.");
}
