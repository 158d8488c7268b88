using System.Net;

namespace Webserv.Host.Transport;

/// <summary>One bound endpoint. It accepts from <see cref="Start"/> on. Disposing it stops accepting and closes the listening sockets; accepted connections live on.</summary>
internal interface IConnectionListener : IAsyncDisposable
{
    /// <summary>The endpoint as it was configured.</summary>
    ListenEndpoint Endpoint { get; }

    /// <summary>The port that is bound: the one asked for, or the one the system chose for 0; 0 for unix-domain sockets.</summary>
    int Port { get; }

    /// <summary>Starts to accept. What connected since the endpoint was bound has waited in the backlog. Called once.</summary>
    /// <exception cref="IOException">The system has no memory left.</exception>
    void Start();
}
