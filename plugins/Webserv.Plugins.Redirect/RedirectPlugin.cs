using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.Redirect;

/// <summary>Offers <c>Redirect</c>.</summary>
public sealed class RedirectPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<RedirectMiddleware, RedirectOptions, RedirectOptionsValidator>("Redirect");
    }
}
