using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Host.Admission;
using Webserv.Host.Configuration;
using Webserv.Host.Files;
using Webserv.Host.Metrics;
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
    // As many as may come until the next look.
    private const int RecycledAtOnce = 16;

    private readonly ConnectionTable _connections = new(limits);
    private readonly Refusals _refusals = new(limits, logger);
    private readonly CancellationTokenSource _stopping = new();

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

    /// <summary>Measures requests; <see langword="null"/> where nobody does. Set before the first connection.</summary>
    public RequestMeter? Meter { get; set; }

    /// <summary>The Date field.</summary>
    public DateField Date { get; } = new(timeProvider);

    /// <summary>What the fields of answers that are given often look like on the wire.</summary>
    public ResponseFieldMemo FieldMemo { get; } = new();

    /// <summary>Request-targets that came lately.</summary>
    public RequestTargetCache Targets { get; } = new();

    /// <summary>Host names that came lately.</summary>
    public HostNameCache Hosts { get; } = new();

    /// <summary>How long and how slowly clients may take their answers.</summary>
    public SendLimits SendLimits { get; } = new(
        (long)limits.ResponseWriteTimeout.TotalMilliseconds,
        MinimumRate.Of(limits.MinResponseRate, limits.MinRateGracePeriod, limits.ResponseWriteTimeout));

    /// <summary>How slowly clients may send request bodies; <see langword="null"/> for any pace.</summary>
    public MinimumRate? MinRequestBodyRate { get; } =
        MinimumRate.Of(limits.MinRequestBodyRate, limits.MinRateGracePeriod, limits.RequestBodyTimeout);

    /// <summary>Whether the server is about to end, so that every answer is the last of its connection.</summary>
    public bool IsStopping => _connections.IsStopping;

    /// <summary>Cancelled when <see cref="IsStopping"/> becomes true.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>The connections there are.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Those of them that wait for a request; looks at each one.</summary>
    public int IdleConnectionCount => _connections.Snapshot().Count(static connection => connection.IsIdle);

    /// <summary>The connections that were admitted since the start.</summary>
    public long AdmittedCount => _connections.AdmittedCount;

    /// <summary>The connections that there was no place for since the start, by the reason.</summary>
    public long RefusedCount(AdmissionOutcome reason) => _connections.RefusedCount(reason);

    /// <summary>The idle connections that made room for another one since the start.</summary>
    public long RecycledCount => _connections.RecycledCount;

    /// <inheritdoc />
    public void OnConnection(IConnection connection)
    {
        var http = new Http1Connection(this, connection)
        {
            IsProxy = limits.MaxConnectionsPerClient > 0 && pipelines.Current.Forwarding is { } forwarding && forwarding.Trusts(connection),
        };
        var now = connection.Loop.Milliseconds;
        var outcome = _connections.Admit(http, now, out var recycled);
        if (recycled is not null)
        {
            _refusals.Recycled(now);
            _ = CloseRecycledAsync(recycled.Connection);
        }

        if (outcome == AdmissionOutcome.Admitted)
        {
            _refusals.TellRest(now);
            _ = http.RunAsync();
        }
        else
        {
            _ = _refusals.RefuseAsync(connection, outcome);
        }
    }

    /// <inheritdoc />
    public void MakeRoom(long now)
    {
        for (var left = RecycledAtOnce; left > 0 && _connections.Recycle(now) is { } recycled; left--)
        {
            _refusals.Recycled(now);
            _ = CloseRecycledAsync(recycled.Connection);
        }
    }

    /// <summary>Forgets a connection that is closed.</summary>
    public void Remove(Http1Connection connection) => _connections.Remove(connection);

    /// <summary>Cancels the requests that are inside a virtual server.</summary>
    public void Cancel(VirtualServer virtualServer)
    {
        foreach (var connection in _connections.Snapshot())
        {
            connection.CancelIfInside(virtualServer);
        }
    }

    /// <summary>Lets go of a generation that does not serve any more: idle connections remember what they were served by last.</summary>
    public void Forget(PipelineGeneration generation)
    {
        foreach (var connection in _connections.Snapshot())
        {
            connection.Forget(generation);
        }
    }

    /// <summary>Ends idle connections, waits for what runs, and cancels what still runs at the deadline.</summary>
    /// <param name="timeout">How long to wait.</param>
    /// <returns>Whether everything ended by itself.</returns>
    public async Task<bool> StopAsync(TimeSpan timeout)
    {
        var empty = _connections.Stop();
        _ = TellStoppingAsync();
        foreach (var connection in _connections.Snapshot())
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
            foreach (var connection in _connections.Snapshot())
            {
                connection.Cancel();
            }

            return false;
        }
        finally
        {
            await _refusals.FinishAsync(timeout, timeProvider).ConfigureAwait(false);
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

    [SuppressMessage("Design", "CA1031", Justification = "Logged; nobody awaits it, and the connection is given up either way.")]
    private async Task CloseRecycledAsync(IConnection connection)
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.ConnectionFailed(logger, connection.Id, exception);
            connection.Abort();
        }
    }
}
