using System.Net;

namespace Webserv.Abstractions.Http;

/// <summary>The connection that a request came in on.</summary>
public interface IConnectionInfo
{
    /// <summary>An id of the connection, unique in the life of the server.</summary>
    string Id { get; }

    /// <summary>
    /// The client's address; <see langword="null"/> for unix-domain sockets and in-memory connections. Where a trusted proxy
    /// told of the client (by the PROXY protocol, or in forwarded fields such as RFC 7239's) it is the address that it told.
    /// </summary>
    IPAddress? RemoteAddress { get; }

    /// <summary>The client's port; 0 where there is none or a proxy did not tell it.</summary>
    int RemotePort { get; }

    /// <summary>
    /// The address at the other end of the connection itself: that of the proxy where the client came through one, the same as
    /// <see cref="RemoteAddress"/> where it did not.
    /// </summary>
    IPAddress? PeerAddress { get; }

    /// <summary>The port at the other end of the connection itself; 0 where there is none.</summary>
    int PeerPort { get; }

    /// <summary>
    /// Whether a trusted proxy told in fields of this request who the client is or what it asked for: <see cref="RemoteAddress"/>,
    /// <see cref="IHttpRequest.Scheme"/> or <see cref="IHttpRequest.Host"/> are as it told, and <see cref="LocalPort"/> is not the
    /// port that the client connected to.
    /// </summary>
    bool IsForwarded { get; }

    /// <summary>The address that the client, or the proxy behind which it is, connected to; <see langword="null"/> where there is none.</summary>
    IPAddress? LocalAddress { get; }

    /// <summary>The port that the client, or the proxy behind which it is, connected to; 0 where there is none.</summary>
    int LocalPort { get; }
}
