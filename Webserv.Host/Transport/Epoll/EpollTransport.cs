using Microsoft.Extensions.Logging;
using Webserv.Abstractions.IO;
using Webserv.Host.Configuration;
using Webserv.Host.Transport.Activation;

namespace Webserv.Host.Transport.Epoll;

/// <summary>Event loops on the system calls themselves.</summary>
internal sealed class EpollTransport : ITransport
{
    private readonly ILogger _logger;
    private readonly int _backlog;
    private readonly InheritedSockets _inherited;
    private readonly EpollLoop[] _loops;
    private readonly HashSet<EpollListener> _listeners = [];
    private int _next;
    private bool _disposed;

    /// <summary>Starts the loops.</summary>
    /// <exception cref="IOException">The system has no descriptors or memory left.</exception>
    public EpollTransport(TransportOptions options, ILoggerFactory loggers, InheritedSockets inherited)
    {
        _inherited = inherited;
        _logger = loggers.CreateLogger<EpollTransport>();
        _backlog = options.Backlog;
        _loops = new EpollLoop[options.EventLoops > 0 ? options.EventLoops : Environment.ProcessorCount];
        for (var i = 0; i < _loops.Length; i++)
        {
            _loops[i] = EpollLoop.Start(i, _logger);
        }

        Pipes = new EpollPipeStreams(this);
    }

    public IPipeStreams Pipes { get; }

    /// <summary>How often a loop was held up for more than a tenth of a second.</summary>
    public long Stalls => _loops.Sum(loop => loop.Stalls);

    public IConnectionListener Bind(ListenEndpoint endpoint, IConnectionHandler handler)
    {
        lock (_listeners)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            var listener = new EpollListener(this, endpoint, handler, _loops, _backlog, _inherited, _logger);
            _listeners.Add(listener);
            return listener;
        }
    }

    public async ValueTask DisposeAsync()
    {
        EpollListener[] listeners;
        lock (_listeners)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            listeners = [.. _listeners];
        }

        foreach (var listener in listeners)
        {
            await listener.DisposeAsync().ConfigureAwait(false);
        }

        await Task.WhenAll(_loops.Select(loop => loop.StopAsync())).ConfigureAwait(false);
    }

    /// <summary>A loop for something that is not bound to one: the caller's own, or each in turn.</summary>
    internal EpollLoop ChooseLoop() =>
        EpollLoop.Current is { } current && Array.IndexOf(_loops, current) >= 0
            ? current
            : _loops[(uint)Interlocked.Increment(ref _next) % (uint)_loops.Length];

    internal void Forget(EpollListener listener)
    {
        lock (_listeners)
        {
            _listeners.Remove(listener);
        }
    }
}
