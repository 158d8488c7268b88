using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("HangsInInitializer", typeof(Webserv.TestPlugins.HangsInInitializer.HangsInInitializerPlugin))]

namespace Webserv.TestPlugins.HangsInInitializer;

/// <summary>Is never ready, but notices that it is given up.</summary>
public sealed class HangsInInitializerPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.Services.AddSingleton<IAsyncInitializer, Endless>();

    private sealed class Endless : IAsyncInitializer
    {
        public Task InitializeAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);
    }
}
