using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.Hello;

/// <summary>Offers <c>Hello</c>: the example to copy when you write a plugin of your own.</summary>
public sealed class HelloPlugin : IPlugin
{
    /// <summary>Registers what the plugin offers. Services that its middleware share go into <c>builder.Services</c>.</summary>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<HelloMiddleware, HelloOptions, HelloOptionsValidator>("Hello");
    }
}
