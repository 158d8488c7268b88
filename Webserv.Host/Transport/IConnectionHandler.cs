namespace Webserv.Host.Transport;

/// <summary>Takes over what listeners accept.</summary>
internal interface IConnectionHandler
{
    /// <summary>
    /// Takes over a connection. Called on its event loop: returns at the first wait, never throws, and disposes the
    /// connection in the end.
    /// </summary>
    void OnConnection(IConnection connection);
}
