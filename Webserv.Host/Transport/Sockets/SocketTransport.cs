using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.IO;
using Webserv.Host.Configuration;
using Webserv.Host.Transport.Activation;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Transport.Sockets;

/// <summary>
/// Connections over System.Net.Sockets, for every platform. Deadlines, and ends of peers that nobody receives from, are found
/// by one timer that looks at every connection.
/// </summary>
internal sealed class SocketTransport : ITransport
{
    private const int LookMilliseconds = 125;

    private readonly ConcurrentDictionary<SocketConnection, byte> _connections = new();
    private readonly ConcurrentDictionary<SocketListener, byte> _listeners = new();
    private readonly ThreadPoolLoop _loop;
    private readonly ILogger _logger;
    private readonly int _backlog;
    private readonly InheritedSockets _inherited;
    private readonly ITimer _timer;
    private int _looking;
    private volatile bool _disposed;

    public SocketTransport(TransportOptions options, ILoggerFactory loggers, TimeProvider time, InheritedSockets inherited)
    {
        _inherited = inherited;
        Time = time;
        _logger = loggers.CreateLogger<SocketTransport>();
        _backlog = options.Backlog;
        _loop = new ThreadPoolLoop(time);
        Pipes = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new OwnLoopPipeStreams(_logger) : new PortablePipeStreams();
        var period = TimeSpan.FromMilliseconds(LookMilliseconds);
        _timer = time.CreateTimer(static transport => ((SocketTransport)transport!).Look(), this, period, period);
    }

    public IPipeStreams Pipes { get; }

    internal IEventLoop Loop => _loop;

    internal ILogger Logger => _logger;

    internal TimeProvider Time { get; }

    public IConnectionListener Bind(ListenEndpoint endpoint, IConnectionHandler handler)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var listener = new SocketListener(this, endpoint, handler, _backlog, _inherited);
        _listeners[listener] = 0;
        return listener;
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        foreach (var listener in _listeners.Keys)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }

        if (Pipes is IAsyncDisposable pipes)
        {
            await pipes.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal void Add(SocketConnection connection)
    {
        _connections[connection] = 0;
        if (_disposed)
        {
            connection.Abort();
        }
    }

    internal void Forget(SocketConnection connection) => _connections.TryRemove(connection, out _);

    internal void Forget(SocketListener listener) => _listeners.TryRemove(listener, out _);

    private void Look()
    {
        // A look that takes longer than the period is not overtaken by the next one.
        if (Interlocked.Exchange(ref _looking, 1) != 0)
        {
            return;
        }

        var now = _loop.Milliseconds;
        foreach (var (connection, _) in _connections)
        {
            connection.Look(now);
        }

        Volatile.Write(ref _looking, 0);
    }
}
