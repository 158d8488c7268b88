using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("SomethingElse", typeof(Webserv.TestPlugins.WrongId.WrongIdPlugin))]

namespace Webserv.TestPlugins.WrongId;

/// <summary>Calls itself something else than its file.</summary>
public sealed class WrongIdPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => throw new InvalidOperationException("No code of this plugin may run.");
}
