using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("ThrowsInInitializer", typeof(Webserv.TestPlugins.ThrowsInInitializer.ThrowsInInitializerPlugin))]

namespace Webserv.TestPlugins.ThrowsInInitializer;

/// <summary>Fails when it is initialised.</summary>
public sealed class ThrowsInInitializerPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder) => builder.Services.AddSingleton<IAsyncInitializer, Database>();

    private sealed class Database : IAsyncInitializer
    {
        public async Task InitializeAsync(CancellationToken cancellation)
        {
            await Task.Yield();
            throw new InvalidOperationException("the database is away");
        }
    }
}
