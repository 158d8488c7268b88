using Webserv.Abstractions.Plugins;
using Webserv.Plugins.StaticFiles;

[assembly: WebservPlugin("Webserv.Plugins.StaticFiles", typeof(StaticFilesPlugin))]

namespace Webserv.Plugins.StaticFiles;

/// <summary>Offers the middleware <c>StaticFiles</c>.</summary>
public sealed class StaticFilesPlugin : IPlugin
{
    /// <inheritdoc />
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<StaticFilesMiddleware, StaticFilesOptions, StaticFilesOptionsValidator>("StaticFiles");
    }
}
