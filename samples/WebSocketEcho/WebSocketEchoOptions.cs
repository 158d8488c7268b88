using Webserv.Abstractions.Configuration;

namespace Webserv.Samples.WebSocketEcho;

/// <summary>What an entry may say.</summary>
public sealed class WebSocketEchoOptions
{
    /// <summary>
    /// The origins whose pages may connect, for example <c>https://example.com</c>; any where there is none. Clients that are no
    /// browsers send no origin and are let in.
    /// </summary>
    public IList<string>? Origins { get; set; }

    /// <summary>The largest message, 1 byte to 1 GB; a larger one ends the connection with status 1009.</summary>
    public ByteSize MaxMessageSize { get; set; } = ByteSize.FromMegabytes(1);

    /// <summary>How long a connection may be silent, 1 second to 1 day.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromMinutes(5);
}
