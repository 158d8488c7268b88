using Webserv.Abstractions.IO;

namespace Webserv.Host.Transport;

/// <summary>One way to get connections: epoll, System.Net.Sockets, or memory. Disposing it aborts every connection and ends the loops.</summary>
internal interface ITransport : IAsyncDisposable
{
    /// <summary>Binds an endpoint; it accepts when its listener is started.</summary>
    /// <param name="endpoint">What to bind.</param>
    /// <param name="handler">Gets every accepted connection.</param>
    /// <exception cref="IOException">It cannot be bound; the message names the endpoint and says why in words.</exception>
    IConnectionListener Bind(ListenEndpoint endpoint, IConnectionHandler handler);

    /// <summary>Streams over pipes, driven by this transport.</summary>
    IPipeStreams Pipes { get; }
}
