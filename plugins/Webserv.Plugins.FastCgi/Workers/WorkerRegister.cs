namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>The programs of a pool that run. Whatever ends the process in order, a second signal included, leaves none of them behind.</summary>
internal sealed class WorkerRegister : IDisposable
{
    private const int MaxExitDelay = 2_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Worker> _workers = [];
    private int _starting;
    private volatile bool _exiting;

    /// <summary>The process ids of those that run.</summary>
    public IReadOnlyList<int> Running
    {
        get
        {
            lock (_gate)
            {
                return [.. _workers.Select(static worker => worker.Id)];
            }
        }
    }

    /// <summary>From here on the end of the process is theirs.</summary>
    public void Watch() => AppDomain.CurrentDomain.ProcessExit += OnProcessExit;

    // The event belongs to the runtime, and would keep an unloaded plugin in memory.
    public void Dispose() => AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;

    /// <summary>Starts one that is known from then on.</summary>
    public Worker Add(Func<Worker> start)
    {
        Interlocked.Increment(ref _starting);
        try
        {
            var worker = start();
            lock (_gate)
            {
                _workers.Add(worker);
            }

            if (_exiting)
            {
                worker.KillAtOnce();
            }

            return worker;
        }
        finally
        {
            Interlocked.Decrement(ref _starting);
        }
    }

    /// <summary>It has ended.</summary>
    public void Remove(Worker worker)
    {
        lock (_gate)
        {
            _workers.Remove(worker);
        }
    }

    /// <summary>The process ends as soon as this returns.</summary>
    private void OnProcessExit(object? sender, EventArgs arguments)
    {
        _exiting = true;
        Interlocked.MemoryBarrier();

        // One that is just being started runs before it is known here.
        SpinWait.SpinUntil(() => Volatile.Read(ref _starting) == 0, MaxExitDelay);
        lock (_gate)
        {
            foreach (var worker in _workers)
            {
                worker.KillAtOnce();
            }
        }
    }
}
