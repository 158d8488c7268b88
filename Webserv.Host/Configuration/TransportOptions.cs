namespace Webserv.Host.Configuration;

/// <summary>How connections are made.</summary>
internal sealed class TransportOptions
{
    /// <summary>Which transport to use.</summary>
    public TransportKind Kind { get; set; } = TransportKind.Auto;

    /// <summary>Event loops; 0 for one a processor core.</summary>
    public int EventLoops { get; set; }

    /// <summary>Connections that may wait to be accepted, per listening socket.</summary>
    public int Backlog { get; set; } = 512;
}
