using System.Net;

namespace Webserv.Abstractions.Http;

/// <summary>The connection that a request came in on.</summary>
public interface IConnectionInfo
{
    /// <summary>An id of the connection, unique in the life of the server.</summary>
    string Id { get; }

    /// <summary>The client's address; <see langword="null"/> for unix-domain sockets and in-memory connections.</summary>
    IPAddress? RemoteAddress { get; }

    /// <summary>The client's port; 0 where there is none.</summary>
    int RemotePort { get; }

    /// <summary>The address that the client connected to; <see langword="null"/> where there is none.</summary>
    IPAddress? LocalAddress { get; }

    /// <summary>The port that the client connected to; 0 where there is none.</summary>
    int LocalPort { get; }
}
