namespace Webserv.Host.Transport.Memory;

/// <summary>An endpoint that clients in this process connect to.</summary>
internal sealed class MemoryListener(MemoryTransport transport, ListenEndpoint endpoint, int port, IConnectionHandler handler)
    : IConnectionListener
{
    public ListenEndpoint Endpoint { get; } = endpoint;

    public int Port { get; } = port;

    internal IConnectionHandler Handler { get; } = handler;

    public override string ToString() => Endpoint.ToString(Port);

    public ValueTask DisposeAsync()
    {
        transport.Forget(this);
        return ValueTask.CompletedTask;
    }
}
