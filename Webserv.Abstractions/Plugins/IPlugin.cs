namespace Webserv.Abstractions.Plugins;

/// <summary>
/// The entry point of a plugin, named by <see cref="WebservPluginAttribute"/>. It is made with its parameterless
/// constructor once for every time that the plugin is loaded.
/// </summary>
public interface IPlugin
{
    /// <summary>Registers the plugin's services and middleware. Anything thrown here keeps the plugin from loading.</summary>
    /// <param name="builder">Valid during the call only.</param>
    void Configure(IPluginBuilder builder);
}
