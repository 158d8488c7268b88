using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Pipeline;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>Takes over connections and serves HTTP/1.1 on them.</summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
internal sealed class Http1Server(
    LimitsOptions limits,
    PipelineHolder pipelines,
    OpenFileCache files,
    TimeProvider timeProvider,
    ILogger<Http1Server> logger) : IConnectionHandler
{
    private static readonly byte[] Busy =
        [.. "HTTP/1.1 503 Service Unavailable\r\nServer: webserv\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8];

    private readonly Lock _sync = new();
    private readonly LinkedList<Http1Connection> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private TaskCompletionSource? _empty;

    /// <summary>The limits.</summary>
    public LimitsOptions Limits => limits;

    /// <summary>What answers.</summary>
    public PipelineHolder Pipelines => pipelines;

    /// <summary>The open-file cache.</summary>
    public OpenFileCache Files => files;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Where it logs.</summary>
    public ILogger Logger => logger;

    /// <summary>The Date field.</summary>
    public DateField Date { get; } = new(timeProvider);

    /// <summary>Request-targets that came lately.</summary>
    public RequestTargetCache Targets { get; } = new();

    /// <summary>Host names that came lately.</summary>
    public HostNameCache Hosts { get; } = new();

    /// <summary>Whether the server is about to end, so that every answer is the last of its connection.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Cancelled when <see cref="IsStopping"/> becomes true.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The connections there are.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_sync)
            {
                return _connections.Count;
            }
        }
    }

    /// <inheritdoc />
    public void OnConnection(IConnection connection)
    {
        var http = new Http1Connection(this, connection);
        lock (_sync)
        {
            if (_connections.Count < limits.MaxConnections && !IsStopping)
            {
                http.Node = _connections.AddLast(http);
            }
        }

        _ = http.Node is not null ? http.RunAsync() : RefuseAsync(connection);
    }

    /// <summary>Forgets a connection that is closed.</summary>
    public void Remove(Http1Connection connection)
    {
        lock (_sync)
        {
            if (connection.Node is { } node)
            {
                _connections.Remove(node);
                connection.Node = null;
            }

            if (_connections.Count == 0)
            {
                _empty?.TrySetResult();
            }
        }
    }

    /// <summary>Cancels the requests that are inside a generation.</summary>
    public void Cancel(PipelineGeneration generation)
    {
        foreach (var connection in Snapshot())
        {
            connection.CancelIfInside(generation);
        }
    }

    /// <summary>Lets go of a generation that has ended: idle connections remember what they were served by last.</summary>
    public void Forget(PipelineGeneration generation)
    {
        foreach (var connection in Snapshot())
        {
            connection.Forget(generation);
        }
    }

    /// <summary>Ends idle connections, waits for what runs, and cancels what still runs at the deadline.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>Whether everything ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout)
    {
        Http1Connection[] connections;
        Task empty;
        lock (_sync)
        {
            IsStopping = true;
            connections = [.. _connections];
            _empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = connections.Length == 0 ? Task.CompletedTask : _empty.Task;
        }

        _ = TellStoppingAsync();
        foreach (var connection in connections)
        {
            connection.EndWhenIdle();
        }

        try
        {
            await empty.WaitAsync(timeout, timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            foreach (var connection in Snapshot())
            {
                connection.Cancel();
            }

            return false;
        }
    }

    /// <summary>Not awaited: what middleware do when they are told must not hold up the stop.</summary>
    private async Task TellStoppingAsync()
    {
        try
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            Log.StoppingCallbackFailed(logger, exception);
        }
    }

    private Http1Connection[] Snapshot()
    {
        lock (_sync)
        {
            return [.. _connections];
        }
    }

    private async Task RefuseAsync(IConnection connection)
    {
        try
        {
            Log.TooManyConnections(logger, limits.MaxConnections);
            connection.SendTimeout = 1000;
            await connection.SendAsync(Busy).ConfigureAwait(false);
            connection.ShutdownSend();
            connection.ReceiveDeadline = connection.Loop.Milliseconds + 1000;
            await connection.ReceiveAsync(new byte[1024]).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            Log.ConnectionBroken(logger, connection.Id, exception.Message);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
