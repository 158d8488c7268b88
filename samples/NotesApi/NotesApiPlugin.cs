using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("NotesApi", typeof(Webserv.Samples.NotesApi.NotesApiPlugin))]

namespace Webserv.Samples.NotesApi;

/// <summary>Offers <c>NotesApi</c>.</summary>
public sealed class NotesApiPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<NotesApiMiddleware, NotesApiOptions, NotesApiOptionsValidator>("NotesApi");
    }
}
