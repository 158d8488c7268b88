namespace Webserv.Host.Plugins;

/// <summary>
/// The requests inside one loaded plugin, over all of its entries. Another build of the plugin has one of its own: requests that
/// are stuck in a version that was replaced do not count against the one that mends it.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class PluginUsage(TimeProvider time)
{
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestTick = TimeSpan.FromSeconds(1);

    private readonly Lock _sync = new();
    private readonly HashSet<IRequestInside> _timed = [];
    private IRequestInside[] _looking = [];
    private ITimer? _timer;

    /// <summary>How often the timer fires; zero while it does not.</summary>
    private TimeSpan _tick;
    private int _inside;
    private int _stuck;

    /// <summary>The requests inside, with those that were given up.</summary>
    public int Inside => Volatile.Read(ref _inside);

    /// <summary>Those of them that were given up while the plugin's code goes on.</summary>
    public int Stuck => Volatile.Read(ref _stuck);

    /// <summary>What its requests came to, where somebody counts them.</summary>
    public PluginStatistics Statistics { get; } = new();

    /// <summary>Counts a request in; whoever does calls <see cref="Exit"/>.</summary>
    /// <param name="most">The most that may be inside; 0 for any number.</param>
    /// <returns><see langword="false"/> where that many are inside already.</returns>
    public bool TryEnter(int most)
    {
        if (Interlocked.Increment(ref _inside) <= most || most == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref _inside);
        return false;
    }

    /// <summary>Counts a request out.</summary>
    public void Exit() => Interlocked.Decrement(ref _inside);

    /// <summary>Counts a request out when the plugin is done with it at last.</summary>
    /// <returns>How many are stuck, with this one.</returns>
    public int ExitWhenDone(Task running)
    {
        var stuck = Interlocked.Increment(ref _stuck);
        running.ContinueWith(
            static (_, state) =>
            {
                var usage = (PluginUsage)state!;
                Interlocked.Decrement(ref usage._stuck);
                usage.Exit();
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return stuck;
    }

    /// <summary>Tells a request of the time that passes, about ten times in the time that it has.</summary>
    public void Watch(IRequestInside request, TimeSpan limit)
    {
        lock (_sync)
        {
            _timed.Add(request);
            var tick = TimeSpan.FromTicks(Math.Clamp(limit.Ticks / 10, ShortestTick.Ticks, LongestTick.Ticks));
            if (_tick > TimeSpan.Zero && tick >= _tick)
            {
                return;
            }

            _tick = tick;
            _timer ??= CreateTimer();
            _timer.Change(tick, tick);
        }
    }

    /// <summary>Tells it no more, except for what is being told this moment.</summary>
    public void Forget(IRequestInside request)
    {
        lock (_sync)
        {
            _timed.Remove(request);
        }
    }

    /// <summary>Without the context of the request that happens to be the first.</summary>
    private ITimer CreateTimer()
    {
        using (ExecutionContext.SuppressFlow())
        {
            return time.CreateTimer(static usage => ((PluginUsage)usage!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    private void Tick()
    {
        int count;
        TimeSpan tick;
        IRequestInside[] requests;
        lock (_sync)
        {
            count = _timed.Count;
            if (count == 0)
            {
                // Nothing keeps a timer that is not running.
                _timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                _tick = TimeSpan.Zero;
                _looking = [];
                return;
            }

            tick = _tick;
            requests = Interlocked.Exchange(ref _looking, []);
            if (requests.Length < count)
            {
                requests = new IRequestInside[count];
            }

            _timed.CopyTo(requests);
        }

        var now = time.GetTimestamp();
        for (var index = 0; index < count; index++)
        {
            requests[index].Tick(now, 2 * tick);
            requests[index] = null!;
        }

        Volatile.Write(ref _looking, requests);
    }
}
