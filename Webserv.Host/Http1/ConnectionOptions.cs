namespace Webserv.Host.Http1;

/// <summary>What the Connection field of a request asks for (RFC 9112 section 9.3).</summary>
[Flags]
internal enum ConnectionOptions
{
    None = 0,
    Close = 1,
    KeepAlive = 2,
    Upgrade = 4,
}
