using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>Where the PROXY protocol is spoken, as it is written.</summary>
internal sealed class ProxyProtocolShape
{
    [Description("Endpoints on which every connection begins with a PROXY header, written as in `Listen`. A connection without one is closed.")]
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    [Description("Who may connect to them, written as `TrustedNetworks`; needed where there are `Endpoints`. Connections from elsewhere are closed.")]
    public IReadOnlyList<string> Networks { get; set; } = [];

    [Description("Time from the accept to the end of the PROXY header.")]
    [Allowed("1ms", "10m")]
    public TimeSpan HeaderTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
