using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Webserv.Host.Pipeline;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>
/// The life of one connection: waits while it is idle, serves while there is something to serve, closes so that the last
/// answer arrives.
/// </summary>
internal sealed class Http1Connection(Http1Server server, IConnection connection) : IConnectionObserver
{
    private const int Busy = 0;
    private const int Idle = 1;
    private const int Recycled = 2;
    private const int Lingering = 3;

    // Whoever lingers has had its last answer, and makes room before any that is idle.
    private const long LingersFirst = 1L << 50;

    // A newcomer that has said nothing for so long makes room for another one as an idle connection does.
    private const int SilentMilliseconds = 1000;
    private const int LingerMilliseconds = 2000;
    private const int StoppingLingerMilliseconds = 250;
    private const int MaxLingerMilliseconds = 30_000;
    private const int LingerBuffer = 16 * 1024;

    private readonly Lock _sync = new();
    private CancellationTokenSource? _aborted;
    private Http1Context? _serving;
    private ITimer? _halfCloseTimer;
    private ConnectionRoute? _route;
    private byte[]? _clientText;
    private long _requests;
    private long _lingersSince;
    private bool _peerEnded;
    private bool _reset;
    private bool _isWaitShortened;
    private bool _headPending = true;
    private int _state;

    /// <summary>The byte stream underneath.</summary>
    public IConnection Connection => connection;

    /// <summary>Its place in the server's table, -1 where it has none; owned by the table.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>Whether it was a trusted proxy's when it was admitted, and so is no client of its own.</summary>
    public bool IsProxy { get; init; }

    /// <summary>Whether it waits for a request.</summary>
    public bool IsIdle => Volatile.Read(ref _state) == Idle;

    /// <summary>Whether it was idle or lingered and has given its place to another connection.</summary>
    public bool IsRecycled => Volatile.Read(ref _state) == Recycled;

    /// <summary>
    /// Whether its time for a head runs already: since the accept for the first one, and since the first empty line where
    /// only empty lines came (RFC 9112 section 2.2), so that none of them wins time.
    /// </summary>
    public bool IsHeadPending => _headPending;

    private long HeadTimeout => (long)server.Limits.RequestHeadTimeout.TotalMilliseconds;

    private long KeepAliveTimeout => (long)server.Limits.KeepAliveTimeout.TotalMilliseconds;

    /// <summary>Its client as the access log has it; made once.</summary>
    public byte[] ClientText => _clientText ??= Http1AccessLog.FormatClient(connection.RemoteEndPoint?.Address);

    /// <summary>Cancelled when the client is gone or the server no longer waits for what runs.</summary>
    public CancellationToken Aborted => (_aborted ?? CreateAborted()).Token;

    /// <summary>Whether the one empty line that is ignored before a request has come before the connection fell idle.</summary>
    public bool HasSkippedEmptyLine { get; set; }

    /// <summary>Counts a request of this connection.</summary>
    public long NextRequestNumber()
    {
        _headPending = false;
        return ++_requests;
    }

    /// <summary>Tells that nothing but empty lines came.</summary>
    public void KeepHeadPending() => _headPending = true;

    /// <summary>Where the requests of the connection go now, looked up once a generation.</summary>
    public ConnectionRoute GetRoute()
    {
        var generation = server.Pipelines.Current;
        var route = _route;
        if (!ReferenceEquals(route?.Generation, generation))
        {
            _route = route = new ConnectionRoute(generation, connection);
            if (!ReferenceEquals(server.Pipelines.Current, generation))
            {
                // Whoever put another one in place may have been here already: it must not stay in memory for this connection.
                Forget(generation);
            }
        }

        return route;
    }

    /// <summary>Gives up what the connection serves if a virtual server serves it.</summary>
    public void CancelIfInside(VirtualServer virtualServer)
    {
        if (Volatile.Read(ref _serving) is { } serving && serving.IsServedBy(virtualServer))
        {
            Cancel();
        }
    }

    /// <summary>Lets go of a generation that does not serve any more.</summary>
    public void Forget(PipelineGeneration generation)
    {
        var route = _route;
        if (ReferenceEquals(route?.Generation, generation))
        {
            Interlocked.CompareExchange(ref _route, null, route);
        }
    }

    /// <summary>Serves the connection to its end.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "The last line of defence: one connection's failure is that connection's.")]
    public async Task RunAsync()
    {
        try
        {
            connection.Observer = this;
            connection.SendLimits = server.SendLimits;
            connection.ReceiveDeadline = connection.Loop.Milliseconds + HeadTimeout;
            var keep = true;
            while (keep && await WaitAsync().ConfigureAwait(false))
            {
                var exchange = Http1Exchange.Rent(server, connection);
                var linger = false;
                try
                {
                    keep = await exchange.ServeAsync(this).ConfigureAwait(false);
                    linger = exchange.NeedsLingeringClose;
                }
                finally
                {
                    // Each loop has a pool of its own; one of a pool thread would never be used again.
                    await connection.Loop.SwitchTo().ConfigureAwait(false);
                    Http1Exchange.Return(exchange);
                }

                if (!keep && linger && !_reset)
                {
                    await LingerAsync().ConfigureAwait(false);
                }
            }
        }
        catch (IOException exception)
        {
            Log.ConnectionBroken(server.Logger, connection.Id, exception.Message);
        }
        catch (Exception exception)
        {
            Log.ConnectionFailed(server.Logger, connection.Id, exception);
            connection.Abort();
        }
        finally
        {
            await CloseAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Tells that a request is being served.</summary>
    public void BeginRequest(Http1Context context)
    {
        Volatile.Write(ref _serving, context);
        if (_reset)
        {
            // It came between two requests, when there was nothing to cancel.
            CancelRequest();
        }

        if (_peerEnded)
        {
            WatchHalfClosed();
        }
    }

    /// <summary>Tells that a request is over.</summary>
    public void EndRequest()
    {
        Volatile.Write(ref _serving, null);
        if (!_peerEnded)
        {
            return;
        }

        lock (_sync)
        {
            _halfCloseTimer?.Dispose();
            _halfCloseTimer = null;
        }
    }

    /// <summary>Ends the connection if it is idle; otherwise it ends after the request that it serves.</summary>
    public void EndWhenIdle()
    {
        if (Volatile.Read(ref _state) == Idle)
        {
            ShortenWait();
        }
    }

    /// <summary>Whether it could give its place to another connection.</summary>
    /// <param name="now">The time.</param>
    /// <param name="since">Since when it has been idle; the lowest goes first.</param>
    public bool IsRecyclable(long now, out long since)
    {
        switch (Volatile.Read(ref _state))
        {
            case Idle:
                since = connection.ReceiveDeadline - (_headPending ? HeadTimeout : KeepAliveTimeout);
                return _requests > 0 || now - since >= SilentMilliseconds;

            // Most take their answer at once; a close would take it from those that need a moment.
            case Lingering:
                since = Volatile.Read(ref _lingersSince) - LingersFirst;
                return now - since >= SilentMilliseconds + LingersFirst;
            default:
                since = long.MaxValue;
                return false;
        }
    }

    /// <summary>Takes its place away from it if it has been idle ever since a time; it is then to be closed.</summary>
    public bool TryRecycle(long since)
    {
        var state = Volatile.Read(ref _state);
        return state is Idle or Lingering && IsRecyclable(long.MaxValue / 2, out var current) && current == since && Interlocked.CompareExchange(ref _state, Recycled, state) == state;
    }

    /// <summary>Gives up what the connection serves.</summary>
    public void Cancel()
    {
        CancelRequest();
        connection.Abort();
    }

    /// <inheritdoc />
    public void OnPeerEnded()
    {
        _peerEnded = true;
        if (Volatile.Read(ref _serving) is not null)
        {
            WatchHalfClosed();
        }
    }

    /// <inheritdoc />
    public void OnReset()
    {
        _reset = true;
        CancelRequest();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WaitAsync()
    {
        if (!_headPending)
        {
            connection.ReceiveDeadline = connection.Loop.Milliseconds + KeepAliveTimeout;
        }

        // A full fence: the stop sees that the connection is idle, or the connection sees the stop.
        Interlocked.Exchange(ref _state, Idle);
        if (server.IsStopping)
        {
            ShortenWait();
        }

        var result = await connection.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false);
        return Interlocked.CompareExchange(ref _state, Busy, Idle) == Idle && result.Status == ReceiveStatus.Received;
    }

    /// <summary>
    /// The server ends: what has come already is served, and a client that has only just connected is about to say what it wants;
    /// nothing else is waited for.
    /// </summary>
    private void ShortenWait()
    {
        if (_requests > 0)
        {
            connection.ReceiveDeadline = 0;
        }
        else if (Interlocked.Exchange(ref _isWaitShortened, true) == false)
        {
            connection.ReceiveDeadline += SilentMilliseconds - HeadTimeout;
        }
    }

    /// <summary>
    /// Ends the own side and reads on for a while, because a close with unread bytes resets the connection and may take the
    /// answer with it (RFC 9112 section 9.6).
    /// </summary>
    private async ValueTask LingerAsync()
    {
        var begun = connection.Loop.Milliseconds;
        var end = begun + MaxLingerMilliseconds;
        Volatile.Write(ref _lingersSince, begun);
        Interlocked.Exchange(ref _state, Lingering);
        connection.ShutdownSend();
        try
        {
            ReceiveStatus status;
            do
            {
                // By time alone: a client may well send the whole of its body before it looks for an answer.
                var patience = server.IsStopping ? StoppingLingerMilliseconds : LingerMilliseconds;
                connection.ReceiveDeadline = Math.Min(end, connection.Loop.Milliseconds + patience);
                status = (await connection.ReceiveAsync(Memory<byte>.Empty).ConfigureAwait(false)).Status;
                if (status == ReceiveStatus.Received)
                {
                    // Only now: whoever lingers and says nothing holds no buffer.
                    status = await ThrowAwayAsync().ConfigureAwait(false);
                }
            }
            while (status == ReceiveStatus.Received && connection.Loop.Milliseconds < end && !server.IsStopping);
        }
        finally
        {
            // It is about to leave: whoever took its place from it after that would count it out twice.
            Interlocked.CompareExchange(ref _state, Busy, Lingering);
        }
    }

    private async ValueTask<ReceiveStatus> ThrowAwayAsync()
    {
        var scratch = System.Buffers.ArrayPool<byte>.Shared.Rent(LingerBuffer);
        try
        {
            return (await connection.ReceiveAsync(scratch).ConfigureAwait(false)).Status;
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private async ValueTask CloseAsync()
    {
        try
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            // Not before: a server that stops aborts what is open when the last connection has left.
            server.Remove(this);
        }

        // Whoever still refers to this must not keep a generation and its plugins in memory.
        _route = null;

        lock (_sync)
        {
            _aborted?.Dispose();
            _aborted = null;
            _reset = true;
        }
    }

    private CancellationTokenSource CreateAborted()
    {
        lock (_sync)
        {
            _aborted ??= new CancellationTokenSource();
            if (_reset)
            {
                _aborted.Cancel();
            }

            return _aborted;
        }
    }

    private void CancelRequest()
    {
        CancellationTokenSource? aborted;
        lock (_sync)
        {
            aborted = _aborted;
        }

        if (aborted is null || Volatile.Read(ref _serving) is null)
        {
            return;
        }

        // Off the event loop: what middleware registered for cancellation may take its time.
        _ = CancelAsync(aborted);
    }

    private async Task CancelAsync(CancellationTokenSource aborted)
    {
        try
        {
            await aborted.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The request ended, and its connection with it, before the cancellation came.
        }
        catch (AggregateException exception)
        {
            Log.CancellationFailed(server.Logger, connection.Id, exception);
        }
    }

    /// <summary>A client that ended its side may still want its answer, but a script that nobody waits for must not run for ever.</summary>
    private void WatchHalfClosed()
    {
        lock (_sync)
        {
            if (Volatile.Read(ref _serving) is null)
            {
                return;
            }

            var request = _requests;
            _halfCloseTimer ??= server.TimeProvider.CreateTimer(
                _ => OnHalfCloseTimeout(request), null, server.Limits.HalfCloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnHalfCloseTimeout(long request)
    {
        // The request cannot end meanwhile, and the timer of one that has ended is not for the next.
        lock (_sync)
        {
            if (_requests == request && Volatile.Read(ref _serving) is { Response.HasStarted: false })
            {
                // Nobody may have asked for the token yet: answers to earlier requests can still be on their way out.
                _ = CreateAborted();
                CancelRequest();
            }
        }
    }
}
