using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>How connections are made.</summary>
internal sealed class TransportOptions
{
    /// <summary>Which transport to use.</summary>
    [Description("Which transport to use.")]
    public TransportKind Kind { get; set; } = TransportKind.Auto;

    /// <summary>Event loops; 0 for one a processor core.</summary>
    [Description("Event loops; 0 for one a processor core.")]
    [Allowed("0", "1024")]
    public int EventLoops { get; set; }

    /// <summary>Connections that may wait to be accepted, per listening socket.</summary>
    [Description("Connections that may wait to be accepted, per listening socket.")]
    [Allowed("1", "65535")]
    public int Backlog { get; set; } = 512;
}
