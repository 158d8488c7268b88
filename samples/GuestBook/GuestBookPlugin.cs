using Microsoft.Extensions.DependencyInjection;
using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("GuestBook", typeof(Webserv.Samples.GuestBook.GuestBookPlugin))]

namespace Webserv.Samples.GuestBook;

/// <summary>Offers <c>GuestBook</c>.</summary>
public sealed class GuestBookPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Disposed by the container behind all middleware: only then nothing calls into it any more.
        builder.Services.AddSingleton<SqliteLibrary>();
        builder.AddMiddleware<GuestBookMiddleware, GuestBookOptions, GuestBookOptionsValidator>("GuestBook");
    }
}
