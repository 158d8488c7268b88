using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.Metrics;

/// <summary>Offers <c>Metrics</c>.</summary>
public sealed class MetricsPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<MetricsMiddleware, MetricsOptions, MetricsOptionsValidator>("Metrics");
    }
}
