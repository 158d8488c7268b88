using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>Offers <c>BrowserRefresh</c>.</summary>
public sealed class BrowserRefreshPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<BrowserRefreshMiddleware, BrowserRefreshOptions, BrowserRefreshOptionsValidator>("BrowserRefresh");
    }
}
