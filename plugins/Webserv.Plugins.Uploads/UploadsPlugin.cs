using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.Uploads;

/// <summary>Offers <c>Uploads</c>.</summary>
public sealed class UploadsPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<UploadsMiddleware, UploadsOptions, UploadsOptionsValidator>("Uploads");
    }
}
