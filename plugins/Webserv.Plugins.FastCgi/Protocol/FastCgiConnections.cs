using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>The connections to one backend that are kept, and the requests that are put on them.</summary>
internal sealed class FastCgiConnections : IBackendConnections
{
    // Whoever has not answered on a connection for so long may not have accepted it, because all of its processes hold others.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(50);

    // So that others who share the program get their turn.
    private const int MaxRequestsOnSharedConnection = 1000;

    private readonly Backend _backend;
    private readonly BackendPool _pool;
    private readonly Connector _connector;
    private readonly FastCgiSettings _settings;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly List<FastCgiConnection> _connections = [];
    private readonly ITimer? _sweeper;
    private int _requestsPerConnection = 1;
    private int _unanswered;
    private bool _closed;

    /// <param name="backend">The backend.</param>
    /// <param name="pool">The pool that gave the requests their places, which are given back there.</param>
    /// <param name="connector">Connects to it.</param>
    /// <param name="settings">How requests are put on connections.</param>
    /// <param name="time">The clock.</param>
    public FastCgiConnections(Backend backend, BackendPool pool, Connector connector, FastCgiSettings settings, TimeProvider time)
    {
        _backend = backend;
        _pool = pool;
        _connector = connector;
        _settings = settings;
        _time = time;
        if (settings.KeepAliveTimeout is { } idle && idle > TimeSpan.Zero)
        {
            _sweeper = time.CreateTimer(static connections => ((FastCgiConnections)connections!).Sweep(), this, idle, idle);
        }
    }

    /// <summary>How many requests the program takes on a connection at once, from the next connection on.</summary>
    public int RequestsPerConnection
    {
        get => Volatile.Read(ref _requestsPerConnection);
        set => Volatile.Write(ref _requestsPerConnection, value);
    }

    /// <summary>How many connections there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Puts a request, which has its place from the pool, on a connection.</summary>
    /// <returns>The connection.</returns>
    /// <exception cref="IOException">There is none, and none can be made. The place is still the caller's.</exception>
    public async ValueTask<FastCgiConnection> BeginAsync(FastCgiRequest request, CancellationToken cancellation)
    {
        if (TryBegin(request) is { } kept)
        {
            return kept;
        }

        var (input, output) = await _connector.ConnectAsync(_backend.Address, cancellation).ConfigureAwait(false);
        _pool.Succeeded(_backend);
        var connection = new FastCgiConnection(input, output, RequestsPerConnection, RequestEnded, Closed, _time.GetTimestamp());
        connection.TryBegin(request);
        bool closed;
        lock (_gate)
        {
            closed = _closed;
            _connections.Add(connection);
            _unanswered++;
            _backend.ThreadId = connection.ThreadId;
        }

        connection.Start();
        if (closed)
        {
            connection.Retire();
        }

        return connection;
    }

    /// <summary>
    /// Deals with a request that the exchange has left and the program not ended: it may take a while longer, then the
    /// connection is given up.
    /// </summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="request">The request.</param>
    /// <param name="isUnwanted">Whether the program was asked to abort it.</param>
    /// <param name="hung">Whether it took too long.</param>
    public void Abandon(FastCgiConnection connection, FastCgiRequest request, bool isUnwanted, bool hung)
    {
        request.Hung = hung;
        if (!request.IsBegun)
        {
            connection.Withdraw(request);
            return;
        }

        _ = AbandonAsync(connection, request, isUnwanted ? _settings.KillGrace : _settings.Timeout);
    }

    public void Close()
    {
        FastCgiConnection[] all;
        lock (_gate)
        {
            _closed = true;
            all = [.. _connections];
        }

        _sweeper?.Dispose();
        foreach (var connection in all)
        {
            connection.Retire();
        }
    }

    public async Task CloseAsync()
    {
        FastCgiConnection[] all;
        Close();
        lock (_gate)
        {
            all = [.. _connections];
        }

        foreach (var connection in all)
        {
            connection.Close();
        }

        await Task.WhenAll(all.Select(static connection => connection.Completion)).ConfigureAwait(false);
    }

    private FastCgiConnection? TryBegin(FastCgiRequest request)
    {
        var thread = Environment.CurrentManagedThreadId;
        lock (_gate)
        {
            FastCgiConnection? other = null;
            foreach (var connection in _connections)
            {
                if (connection.ThreadId != thread)
                {
                    other ??= connection.HasRoom ? connection : null;
                }
                else if (connection.TryBegin(request))
                {
                    return connection;
                }
            }

            if (other is null || other.TryBegin(request))
            {
                return other;
            }

            return _connections.Find(connection => connection.TryBegin(request));
        }
    }

    private async Task AbandonAsync(FastCgiConnection connection, FastCgiRequest request, TimeSpan patience)
    {
        if (!request.Ended.IsCompleted)
        {
            using var stop = new CancellationTokenSource();
            var delay = Task.Delay(patience, _time, stop.Token);
            await Task.WhenAny(request.Ended, delay).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
        }

        connection.GiveUp(request);
    }

    private void RequestEnded(FastCgiConnection connection, FastCgiRequest request)
    {
        connection.IdleSince = _time.GetTimestamp();
        if (request.IsFirst)
        {
            Interlocked.Decrement(ref _unanswered);
        }

        if (_backend.Recover is { } recover)
        {
            if (request.IsGivenUp)
            {
                recover(request.Hung, () => _pool.Release(_backend));
                return;
            }
        }
        else if (connection.Begun >= MaxRequestsOnSharedConnection || (Volatile.Read(ref _unanswered) > 0 && SomebodyWaitsToBeAccepted()))
        {
            connection.Retire();
        }

        _pool.Release(_backend);
    }

    private bool SomebodyWaitsToBeAccepted()
    {
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            return _connections.Exists(connection => !connection.HasAnswered && _time.GetElapsedTime(connection.OpenedAt, now) > Patience);
        }
    }

    private void Closed(FastCgiConnection connection)
    {
        lock (_gate)
        {
            _connections.Remove(connection);
        }
    }

    private void Sweep()
    {
        FastCgiConnection[] idle;
        lock (_gate)
        {
            var now = _time.GetTimestamp();
            idle = [.. _connections.Where(connection => connection.IsIdle && _time.GetElapsedTime(connection.IdleSince, now) >= _settings.KeepAliveTimeout)];
        }

        foreach (var connection in idle)
        {
            connection.CloseIfIdle();
        }
    }
}
