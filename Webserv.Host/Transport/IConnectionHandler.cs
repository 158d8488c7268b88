namespace Webserv.Host.Transport;

/// <summary>Takes over what listeners accept.</summary>
internal interface IConnectionHandler
{
    /// <summary>
    /// Takes over a connection. Called on its event loop: returns at the first wait, never throws, and disposes the
    /// connection in the end.
    /// </summary>
    void OnConnection(IConnection connection);

    /// <summary>Gives up connections that nobody needs now: the process has no descriptors left for new ones. From any thread.</summary>
    /// <param name="now">The time, in milliseconds of the event loops.</param>
    void MakeRoom(long now)
    {
    }
}
