using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("Good", typeof(Webserv.TestPlugins.Good.GoodPlugin))]

namespace Webserv.TestPlugins.Good;

/// <summary>Does everything that a plugin may do.</summary>
public sealed class GoodPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        builder.Services.AddSingleton<Counter>();
        builder.Services.AddSingleton<IAsyncInitializer>(services => services.GetRequiredService<Counter>());
        builder
            .AddMiddleware<Plain>("Plain")
            .AddMiddleware<Greeter, GreeterOptions, GreeterOptionsValidator>("Greeter")
            .AddMiddleware<Fussy>("Fussy");
    }
}
