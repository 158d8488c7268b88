namespace Webserv.Host.Configuration;

/// <summary>The ways to get connections.</summary>
internal enum TransportKind
{
    /// <summary>Epoll on Linux, Sockets elsewhere.</summary>
    Auto,

    /// <summary>Event loops on the system calls themselves; Linux only.</summary>
    Epoll,

    /// <summary>System.Net.Sockets.</summary>
    Sockets,
}
