using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("RequestCounter", typeof(Webserv.Samples.RequestCounter.RequestCounterPlugin))]

namespace Webserv.Samples.RequestCounter;

/// <summary>Offers <c>RequestCounter</c>.</summary>
public sealed class RequestCounterPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // One for all entries. The container disposes it when the plugin is replaced.
        builder.Services.AddSingleton<RequestCounts>();
        builder.AddMiddleware<RequestCounterMiddleware, RequestCounterOptions, RequestCounterOptionsValidator>("RequestCounter");
    }
}
