namespace Webserv.Host.Proxies;

/// <summary>Whose connection a PROXY header announces.</summary>
internal enum ProxyHeaderKind
{
    /// <summary>The proxy's own (LOCAL), a health check for example: the addresses are those of the connection.</summary>
    Local,

    /// <summary>A client's without an internet address (UNKNOWN, UNSPEC, UNIX): the addresses are those of the connection, but it is not the proxy's own.</summary>
    Unknown,

    /// <summary>A client's with its addresses.</summary>
    Client,
}
