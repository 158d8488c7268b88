using System.Globalization;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>
/// Chooses a backend for each request: the least busy one that has a place. Where none has, a bounded number of requests
/// waits for a bounded time, in order.
/// </summary>
internal sealed class BackendPool : IDisposable
{
    // A backend that is back within that is waited for.
    private static readonly TimeSpan WorthWaiting = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(100);

    // A place goes to a client of the same event loop first, unless somebody has waited for so long.
    private static readonly TimeSpan LongWait = TimeSpan.FromMilliseconds(10);
    private const int DeepestLook = 32;

    // A request that goes on may end at once and make room for the next.
    private const int DeepestInline = 8;

    [ThreadStatic]
    private static int _depth;

    private readonly int _queueLength;
    private readonly TimeSpan _queueTimeout;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly Func<TimeSpan?> _nextChance;
    private readonly Lock _gate = new();
    private readonly List<Backend> _backends = [];
    private readonly LinkedList<Waiter> _queue = new();
    private readonly ITimer _sweeper;
    private bool _sweeping;
    private bool _disposed;

    /// <param name="queueLength">How many requests wait.</param>
    /// <param name="queueTimeout">How long each of them does.</param>
    /// <param name="nextChance">
    /// In how long there may be a backend that is not there yet; <see langword="null"/> where there will be none.
    /// </param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told when a backend fails and when it is back.</param>
    /// <param name="entry">Where the entry stands, for messages.</param>
    public BackendPool(int queueLength, TimeSpan queueTimeout, Func<TimeSpan?> nextChance, TimeProvider time, ILogger logger, string entry)
    {
        _queueLength = queueLength;
        _queueTimeout = queueTimeout;
        _nextChance = nextChance;
        _time = time;
        _logger = logger;
        _entry = entry;
        _sweeper = time.CreateTimer(static pool => ((BackendPool)pool!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many requests wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Where the backends are.</summary>
    public IReadOnlyList<string> Addresses
    {
        get
        {
            lock (_gate)
            {
                return [.. _backends.Select(static backend => backend.Address.Text)];
            }
        }
    }

    /// <summary>Offers another backend.</summary>
    public void Add(Backend backend)
    {
        lock (_gate)
        {
            _backends.Add(backend);
        }

        Serve(inline: false);
    }

    /// <summary>Gives a backend no more requests; those that it has go on.</summary>
    public void Remove(Backend backend)
    {
        lock (_gate)
        {
            _backends.Remove(backend);
        }
    }

    /// <summary>Takes a place, to be given back with <see cref="Release"/>.</summary>
    /// <exception cref="HttpException">503: there is no backend, too many wait already, or it took too long.</exception>
    public ValueTask<Backend> AcquireAsync(CancellationToken cancellation)
    {
        Waiter waiter;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_queue.Count == 0 && Choose() is { } backend)
            {
                return new ValueTask<Backend>(Give(backend));
            }

            if (TimeToWait() is { } pause)
            {
                throw Unavailable("no backend can be reached", pause);
            }

            if (_queue.Count >= _queueLength)
            {
                throw Unavailable("too many requests wait for a backend", _queueTimeout);
            }

            var now = _time.GetTimestamp();
            waiter = new Waiter { Since = now, Deadline = now + (long)(_queueTimeout.TotalSeconds * _time.TimestampFrequency) };
            _queue.AddLast(waiter.Node);
            if (!_sweeping)
            {
                _sweeping = true;
                _sweeper.Change(SweepPeriod, SweepPeriod);
            }
        }

        return cancellation.CanBeCanceled ? WaitAsync(waiter, cancellation) : waiter.Task;
    }

    /// <summary>Gives a place back; whoever waits longest may go on at once, on this thread.</summary>
    public void Release(Backend backend)
    {
        lock (_gate)
        {
            Leave(backend);
        }

        Serve(inline: true);
    }

    /// <summary>Gives a place back, because the backend cannot be connected to; it is left alone for a while.</summary>
    public void Fail(Backend backend, string reason)
    {
        bool isFirst;
        TimeSpan pause;
        lock (_gate)
        {
            Leave(backend);
            isFirst = !backend.HasFailed;

            // Those that were connecting together with the first one that failed say nothing new.
            pause = isFirst || backend.OutUntil <= _time.GetTimestamp() ? backend.Fail(_time) : TimeSpan.Zero;
        }

        if (isFirst)
        {
            Log.BackendDown(_logger, _entry, backend.Name, reason);
        }
        else if (pause > TimeSpan.Zero)
        {
            Log.BackendStillDown(_logger, _entry, backend.Name, pause, reason);
        }

        Serve(inline: false);
    }

    /// <summary>The backend can be connected to.</summary>
    public void Succeeded(Backend backend)
    {
        if (!backend.HasFailed)
        {
            return;
        }

        bool isNews;
        lock (_gate)
        {
            isNews = backend.Succeed();
        }

        if (isNews)
        {
            Log.BackendUp(_logger, _entry, backend.Name);
            Serve(inline: false);
        }
    }

    /// <summary>Ends when a backend that was removed has no requests any more.</summary>
    public Task WhenFreeAsync(Backend backend)
    {
        lock (_gate)
        {
            if (backend.Active == 0)
            {
                return Task.CompletedTask;
            }

            return (backend.Freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>How many requests a backend takes at once is known better now.</summary>
    public void SetCapacity(Backend backend, int capacity)
    {
        lock (_gate)
        {
            backend.Capacity = capacity;
        }

        Serve(inline: false);
    }

    public void Dispose()
    {
        Waiter[] waiting;
        lock (_gate)
        {
            _disposed = true;
            waiting = [.. _queue];
            _queue.Clear();
        }

        _sweeper.Dispose();
        foreach (var waiter in waiting)
        {
            waiter.Fail(Unavailable("the server is reloading or stopping", TimeSpan.Zero));
        }
    }

    private async ValueTask<Backend> WaitAsync(Waiter waiter, CancellationToken cancellation)
    {
        var registration = cancellation.UnsafeRegister(
            static (state, token) =>
            {
                var (pool, waiter) = ((BackendPool, Waiter))state!;
                if (pool.TryLeave(waiter))
                {
                    waiter.Fail(new OperationCanceledException(token));
                }
            },
            (this, waiter));
        await using (registration.ConfigureAwait(false))
        {
            return await waiter.Task.ConfigureAwait(false);
        }
    }

    private bool TryLeave(Waiter waiter)
    {
        lock (_gate)
        {
            if (waiter.Node.List is null)
            {
                return false;
            }

            _queue.Remove(waiter.Node);
            return true;
        }
    }

    /// <summary>Gives places to those that wait.</summary>
    private void Serve(bool inline)
    {
        while (true)
        {
            Waiter waiter;
            Backend backend;
            lock (_gate)
            {
                if (_queue.First is not { } first || Choose() is not { } chosen)
                {
                    return;
                }

                waiter = inline ? PreferOwnLoop(first) : first.Value;
                _queue.Remove(waiter.Node);
                backend = Give(chosen);
            }

            _depth++;
            waiter.Complete(backend, inline && _depth < DeepestInline);
            _depth--;
        }
    }

    /// <summary>Of those that wait, one whose client is on this thread's loop, which spares both loops the way to the other. Under the lock.</summary>
    private Waiter PreferOwnLoop(LinkedListNode<Waiter> first)
    {
        var thread = Environment.CurrentManagedThreadId;
        if (first.Value.ThreadId == thread || _time.GetElapsedTime(first.Value.Since) > LongWait)
        {
            return first.Value;
        }

        var looks = 0;
        for (var node = first.Next; node is not null && looks < DeepestLook; node = node.Next, looks++)
        {
            if (node.Value.ThreadId == thread)
            {
                return node.Value;
            }
        }

        return first.Value;
    }

    /// <summary>Ends waits that took too long, and looks whether a backend has come back.</summary>
    private void Sweep()
    {
        Serve(inline: false);
        List<Waiter>? late = null;
        TimeSpan? hopeless;
        lock (_gate)
        {
            hopeless = _queue.Count > 0 ? TimeToWait() : null;
            var now = hopeless is null ? _time.GetTimestamp() : long.MaxValue;
            while (_queue.First is { } first && first.Value.Deadline <= now)
            {
                _queue.RemoveFirst();
                (late ??= []).Add(first.Value);
            }

            if (_queue.Count == 0 && !_disposed)
            {
                _sweeping = false;
                _sweeper.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (var waiter in late ?? [])
        {
            waiter.Fail(hopeless is { } pause
                ? Unavailable("no backend can be reached", pause)
                : Unavailable("no backend had a place in time", _queueTimeout));
        }
    }

    private static void Leave(Backend backend)
    {
        if (--backend.Active == 0)
        {
            backend.Freed?.TrySetResult();
        }
    }

    private static Backend Give(Backend backend)
    {
        backend.Active++;
        backend.Given++;
        if (backend.Given == backend.MaxRequests)
        {
            backend.WornOut?.Invoke();
        }

        return backend;
    }

    /// <summary>The least busy backend with a place; of equal ones that whose connection is on this thread's loop. Under the lock.</summary>
    private Backend? Choose()
    {
        Backend? best = null;
        var now = 0L;
        var thread = Environment.CurrentManagedThreadId;
        foreach (var backend in _backends)
        {
            if (backend.Active >= backend.Capacity)
            {
                continue;
            }

            if (backend.HasFailed && backend.OutUntil > (now = now == 0 ? _time.GetTimestamp() : now))
            {
                continue;
            }

            // One that failed gets a single request to try it with.
            if (backend.HasFailed && backend.Active > 0)
            {
                continue;
            }

            if (best is null
                || backend.Active < best.Active
                || (backend.Active == best.Active && backend.ThreadId == thread && best.ThreadId != thread))
            {
                best = backend;
            }
        }

        return best;
    }

    /// <summary>How long it would take until there is any backend, where that is too long to wait. Under the lock.</summary>
    private TimeSpan? TimeToWait()
    {
        var least = _nextChance();
        foreach (var backend in _backends)
        {
            if (!backend.HasFailed)
            {
                return null;
            }

            var left = _time.GetElapsedTime(_time.GetTimestamp(), backend.OutUntil);
            least = least < left ? least : left;
        }

        return least is null ? WorthWaiting : least > WorthWaiting ? least : null;
    }

    private static HttpException Unavailable(string reason, TimeSpan pause) => new(StatusCodes.ServiceUnavailable, reason)
    {
        Headers = { [Fields.RetryAfter] = Math.Max(1, (long)Math.Ceiling(pause.TotalSeconds)).ToString(CultureInfo.InvariantCulture) },
    };
}
