namespace Webserv.Host.Plugins.Documentation;

/// <summary>A loaded plugin as operators read about it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Middleware">What it offers, in the order of registration.</param>
internal sealed record PluginReference(string Id, IReadOnlyList<MiddlewareReference> Middleware)
{
    /// <summary>Describes what a plugin offers.</summary>
    public static PluginReference Of(PluginInstance plugin, TextStyle style)
    {
        var describer = new MiddlewareDescriber(style);
        return new PluginReference(plugin.Description.Id, [.. plugin.Middleware.Select(describer.Describe)]);
    }
}
