using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Misbehaves", typeof(Webserv.TestPlugins.Misbehaves.MisbehavesPlugin))]

namespace Webserv.TestPlugins.Misbehaves;

/// <summary>A plugin that does what a plugin should not, one misdeed a middleware.</summary>
public sealed class MisbehavesPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder
        .AddMiddleware<ThrowsOnTimer>("ThrowsOnTimer")
        .AddMiddleware<ThrowsInAsyncVoid>("ThrowsInAsyncVoid")
        .AddMiddleware<ForgetsTask>("ForgetsTask")
        .AddMiddleware<ThrowsInDisposal>("ThrowsInDisposal")
        .AddMiddleware<ThrowsInMiddlewareConstructor>("ThrowsInMiddlewareConstructor")
        .AddMiddleware<HangsInMiddlewareConstructor>("HangsInMiddlewareConstructor")
        .AddMiddleware<HangsInDisposal>("HangsInDisposal")
        .AddMiddleware<Spins>("Spins")
        .AddMiddleware<NeverEnds>("NeverEnds")
        .AddMiddleware<Leaks>("Leaks")
        .AddMiddleware<CountsStatically>("CountsStatically");
}
