using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.IO;
using Webserv.Host.Transport.Epoll;
using Webserv.Host.Transport.Sockets;

namespace Webserv.Host.Transport.Memory;

/// <summary>Connections within the process, for tests. Deadlines go by the clock that it is given.</summary>
internal sealed class MemoryTransport : ITransport
{
    private const int FirstPort = 40_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<ListenEndpoint, MemoryListener> _listeners = [];
    private readonly ConcurrentDictionary<MemoryConnection, byte> _connections = new();
    private readonly ILogger _logger;
    private readonly int _capacity;
    private int _lastPort = FirstPort;
    private volatile bool _disposed;

    /// <summary>Makes it.</summary>
    /// <param name="loggers">Where it logs.</param>
    /// <param name="time">The clock of all deadlines.</param>
    /// <param name="capacity">Bytes that fit between the two ends, each way.</param>
    public MemoryTransport(ILoggerFactory loggers, TimeProvider time, int capacity = 64 * 1024)
    {
        _logger = loggers.CreateLogger<MemoryTransport>();
        _capacity = capacity;
        Time = time;
        Loop = new ThreadPoolLoop(time);
        Pipes = OperatingSystem.IsLinux() && Environment.Is64BitProcess ? new OwnLoopPipeStreams(_logger) : new PortablePipeStreams();
    }

    public IPipeStreams Pipes { get; }

    internal IEventLoop Loop { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger => _logger;

    public IConnectionListener Bind(ListenEndpoint endpoint, IConnectionHandler handler)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        lock (_lock)
        {
            var bound = endpoint.UnixPath is null && endpoint.Port == 0 ? endpoint with { Port = ++_lastPort } : endpoint;
            var listener = new MemoryListener(this, endpoint, bound.Port, handler);
            return _listeners.TryAdd(bound, listener)
                ? listener
                : throw new IOException($"cannot listen on {endpoint}: address already in use");
        }
    }

    /// <summary>Connects to an endpoint.</summary>
    /// <exception cref="IOException">Nobody listens there.</exception>
    public Task<MemoryClient> ConnectAsync(IConnectionListener listener)
    {
        var to = (MemoryListener)listener;
        lock (_lock)
        {
            if (_disposed || !to.IsStarted || !_listeners.ContainsValue(to))
            {
                throw new IOException($"cannot connect to {to}: connection refused");
            }
        }

        var link = new MemoryLink(_capacity);
        var local = to.Endpoint.Address is { } address ? new IPEndPoint(address, to.Port) : null;
        var remote = local is null ? null : new IPEndPoint(IPAddress.Loopback, Interlocked.Increment(ref _lastPort) & 0xFFFF);
        var connection = link.Server = new MemoryConnection(this, to, link, remote, local);
        _connections[connection] = 0;
        ThreadPool.UnsafeQueueUserWorkItem(static state => state.Transport.HandOver(state.Listener, state.Connection), (Transport: this, Listener: to, Connection: connection), preferLocal: false);
        return Task.FromResult(new MemoryClient(link));
    }

    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        lock (_lock)
        {
            _listeners.Clear();
        }

        foreach (var connection in _connections.Keys)
        {
            connection.Abort();
        }

        if (Pipes is IAsyncDisposable pipes)
        {
            await pipes.DisposeAsync().ConfigureAwait(false);
        }
    }

    internal void Forget(MemoryConnection connection) => _connections.TryRemove(connection, out _);

    internal void Forget(MemoryListener listener)
    {
        lock (_lock)
        {
            var bound = listener.Endpoint with { Port = listener.Port };
            if (_listeners.TryGetValue(bound, out var current) && current == listener)
            {
                _listeners.Remove(bound);
            }
        }
    }

    private void HandOver(MemoryListener listener, MemoryConnection connection)
    {
        try
        {
            listener.Handler.OnConnection(connection);
        }
        catch (Exception error)
        {
            TransportLog.AcceptFailed(_logger, error, listener.ToString());
            connection.Abort();
        }
    }
}
