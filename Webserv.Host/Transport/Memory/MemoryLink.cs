namespace Webserv.Host.Transport.Memory;

/// <summary>What the two ends of a connection in memory share.</summary>
internal sealed class MemoryLink(int capacity)
{
    public MemoryPipe ToServer { get; } = new(capacity);

    public MemoryPipe ToClient { get; } = new(capacity);

    /// <summary>The server's end; set before anybody uses the link.</summary>
    public MemoryConnection? Server { get; set; }

    /// <summary>Whether the client has closed its end, so that bytes for it are answered with a reset.</summary>
    public bool ClientIsGone { get; set; }

    /// <summary>Resets both directions.</summary>
    public void Break()
    {
        ToServer.Break();
        ToClient.Break();
    }
}
