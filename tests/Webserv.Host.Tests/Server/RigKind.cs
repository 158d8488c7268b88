namespace Webserv.Host.Tests.Server;

/// <summary>What a server under test runs on.</summary>
internal enum RigKind
{
    /// <summary>An event loop; middleware hop off it.</summary>
    Epoll,

    /// <summary>An event loop with the middleware on it.</summary>
    EpollInline,

    /// <summary>System.Net.Sockets.</summary>
    Sockets,

    /// <summary>In memory.</summary>
    Memory,
}
