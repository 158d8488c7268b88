using Webserv.Abstractions.Plugins;

[assembly: WebservPlugin("WebSocketEcho", typeof(Webserv.Samples.WebSocketEcho.WebSocketEchoPlugin))]

namespace Webserv.Samples.WebSocketEcho;

/// <summary>Offers <c>WebSocketEcho</c>.</summary>
public sealed class WebSocketEchoPlugin : IPlugin
{
    /// <inheritdoc/>
    public void Configure(IPluginBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddMiddleware<WebSocketEchoMiddleware, WebSocketEchoOptions, WebSocketEchoOptionsValidator>("WebSocketEcho");
    }
}
