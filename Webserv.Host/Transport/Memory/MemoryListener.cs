namespace Webserv.Host.Transport.Memory;

/// <summary>An endpoint that clients in this process connect to.</summary>
internal sealed class MemoryListener(MemoryTransport transport, ListenEndpoint endpoint, int port, IConnectionHandler handler)
    : IConnectionListener
{
    public ListenEndpoint Endpoint { get; } = endpoint;

    public int Port { get; } = port;

    internal IConnectionHandler Handler { get; } = handler;

    /// <summary>Whether clients can connect.</summary>
    internal bool IsStarted { get; private set; }

    public void Start() => IsStarted = true;

    public override string ToString() => Endpoint.ToString(Port);

    public ValueTask DisposeAsync()
    {
        transport.Forget(this);
        return ValueTask.CompletedTask;
    }
}
