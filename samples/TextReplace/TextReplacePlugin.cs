using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("TextReplace", typeof(Webserv.Samples.TextReplace.TextReplacePlugin))]

namespace Webserv.Samples.TextReplace;

/// <summary>Offers <c>TextReplace</c>.</summary>
public sealed class TextReplacePlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<TextReplaceMiddleware, TextReplaceOptions, TextReplaceOptionsValidator>("TextReplace");
    }
}
