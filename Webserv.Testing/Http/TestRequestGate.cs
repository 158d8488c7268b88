namespace Webserv.Testing.Http;

/// <summary>Shuts middleware out of a request that is over, as the server does. The test's own view of it stays open.</summary>
internal sealed class TestRequestGate
{
    private volatile bool _isClosed;

    /// <summary>Whether the request is over.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Lets a middleware in.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public void Enter()
    {
        if (_isClosed)
        {
            throw new ObjectDisposedException("context", "The request is over.");
        }
    }

    /// <summary>Lets nobody in any more.</summary>
    public void Close() => _isClosed = true;
}
