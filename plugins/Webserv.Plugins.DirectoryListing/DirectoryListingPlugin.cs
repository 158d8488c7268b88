using Webserv.Abstractions.Plugins;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Offers <c>DirectoryListing</c>.</summary>
public sealed class DirectoryListingPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<DirectoryListingMiddleware, DirectoryListingOptions, DirectoryListingOptionsValidator>("DirectoryListing");
    }
}
