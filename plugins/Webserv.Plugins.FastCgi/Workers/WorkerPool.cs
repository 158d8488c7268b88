using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Gateway.Processes;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>
/// Starts the programs of an entry and keeps them running: each in its slot, replaced when it has served enough requests or
/// hangs, started again when it has ended, after pauses that grow when it does so again and again.
/// </summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Whoever ran for so long has not failed to start.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly WorkerProgram _program;
    private readonly BackendPool _pool;
    private readonly IProtocolClient _client;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly WorkerRegister _register = new();
    private readonly WorkerStarter _starter;
    private readonly CancellationTokenSource _stop = new();
    private readonly long[] _nextStart;
    private readonly Lock _gate = new();
    private readonly List<Task> _retiring = [];
    private Task _slots = Task.CompletedTask;

    /// <param name="program">What runs.</param>
    /// <param name="pool">Is offered the backends.</param>
    /// <param name="client">Talks to them.</param>
    /// <param name="runner">Starts processes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what happens to them.</param>
    /// <param name="entry">Where the entry stands, for messages.</param>
    public WorkerPool(
        WorkerProgram program, BackendPool pool, IProtocolClient client, IProcessRunner runner, TimeProvider time, ILogger logger, string entry)
    {
        _program = program;
        _pool = pool;
        _client = client;
        _time = time;
        _logger = logger;
        _entry = entry;
        _starter = new WorkerStarter(program, client, runner, _register, (worker, hung, free) => _ = RecoverAsync(worker, hung, free), time, logger, entry);
        _nextStart = new long[program.Count];
    }

    /// <summary>The process ids of those that run.</summary>
    public IReadOnlyList<int> Running => _register.Running;

    /// <summary>In how long the next one is started; zero while one is starting or runs.</summary>
    public TimeSpan? NextChance()
    {
        var next = long.MaxValue;
        foreach (ref var start in _nextStart.AsSpan())
        {
            next = Math.Min(next, Volatile.Read(ref start));
        }

        return next == 0 ? TimeSpan.Zero : _time.GetElapsedTime(_time.GetTimestamp(), next);
    }

    /// <summary>Starts them, without waiting for it.</summary>
    /// <param name="limits">What each may take, and as whom it runs.</param>
    public void Start(ProcessLimits limits)
    {
        _starter.Limits = limits;
        _register.Watch();
        _slots = Task.WhenAll(Enumerable.Range(0, _program.Count).Select(slot => Task.Run(() => SuperviseAsync(slot))));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _slots.ConfigureAwait(false);
            Task[] retiring;
            lock (_gate)
            {
                retiring = [.. _retiring];
            }

            await Task.WhenAll(retiring).ConfigureAwait(false);
        }
        finally
        {
            // Not before: the process may be made to exit while workers are asked to.
            _register.Dispose();
            _starter.Dispose();
            _stop.Dispose();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A bug: nothing here is expected to throw. It is logged, and the slot goes on.")]
    private async Task SuperviseAsync(int slot)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await RunAsync(slot).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Log.SupervisionFailed(_logger, exception, _entry, _program.Name);
                await PauseAsync(slot, int.MaxValue).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What lives in a slot, one after the other, until the end.</summary>
    private async Task RunAsync(int slot)
    {
        Worker? current = null;
        try
        {
            var failures = 0;
            while (!_stop.IsCancellationRequested)
            {
                var next = await _starter.StartAsync(_stop.Token).ConfigureAwait(false);
                if (next is not null)
                {
                    _pool.Add(next.Backend);
                }

                if (current is not null && (next is not null || current.Exited.IsCompleted))
                {
                    Retire(current);
                    current = null;
                }

                current = next ?? current;
                if (next is not null)
                {
                    await WaitAsync(next).ConfigureAwait(false);
                    if (next.Exited.IsCompleted || next.Hangs)
                    {
                        Retire(next);
                        current = null;
                    }

                    failures = !next.Exited.IsCompleted ? 0 : _time.GetElapsedTime(next.StartedAt) >= Settled ? 1 : failures + 1;
                }
                else
                {
                    failures++;
                }

                await PauseAsync(slot, failures).ConfigureAwait(false);
            }
        }
        finally
        {
            // Whatever goes wrong: nobody else knows of it.
            if (current is not null)
            {
                Retire(current);
            }
        }
    }

    private async Task WaitAsync(Worker worker)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = _stop.Token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), stopped);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAny(worker.Exited, worker.ReplacementWanted, stopped.Task).ConfigureAwait(false);
        }
    }

    private async Task PauseAsync(int slot, int failures)
    {
        if (failures < 2 || _stop.IsCancellationRequested)
        {
            return; // The first time it is an accident.
        }

        var pause = FirstPause * Math.Pow(2, Math.Min(failures - 2, 16));
        pause = pause < LongestPause ? pause : LongestPause;
        Volatile.Write(ref _nextStart[slot], _time.GetTimestamp() + (long)(pause.TotalSeconds * _time.TimestampFrequency));
        await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Volatile.Write(ref _nextStart[slot], 0);
    }

    /// <summary>After a request was given up: the process is free when it says so, and ended where it does not.</summary>
    private async Task RecoverAsync(Worker worker, bool hung, Action free)
    {
        // Where others are inside, one that is slow is no reason to end them all: the program is asked whether it still does anything.
        var isAlone = _program.Capacity == 1;
        if (!hung || !isAlone)
        {
            using var patience = new CancellationTokenSource(_program.Timeout, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
            var asking = _client.IsReadyAsync(worker.Backend.Address, either.Token);
            await Task.WhenAny(asking, worker.Exited).ConfigureAwait(false);
            await either.CancelAsync().ConfigureAwait(false);
            await ((Task)asking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            hung = !asking.IsCompletedSuccessfully;
        }

        if (hung && !worker.Exited.IsCompleted && !_stop.IsCancellationRequested)
        {
            Log.WorkerHangs(_logger, _entry, _program.Name, worker.Id);
            _pool.Remove(worker.Backend);
            worker.WantReplacement(hangs: isAlone);
        }

        free();
    }

    /// <summary>Gives a worker no more requests, lets it end those that it has, and ends it.</summary>
    private void Retire(Worker worker)
    {
        _pool.Remove(worker.Backend);
        var retiring = RetireAsync(worker);
        lock (_gate)
        {
            _retiring.RemoveAll(static task => task.IsCompleted);
            _retiring.Add(retiring);
        }
    }

    private async Task RetireAsync(Worker worker)
    {
        try
        {
            worker.Backend.Connections?.Close();
            if (!worker.Hangs)
            {
                await WaitUntilFreeAsync(worker).ConfigureAwait(false);
            }

            if (worker.Backend.Connections is { } connections)
            {
                await connections.CloseAsync().ConfigureAwait(false);
            }

            await worker.EndAsync().ConfigureAwait(false);
            Log.WorkerEnded(_logger, _entry, _program.Name, worker.Id);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.CannotCleanUp(_logger, exception, _entry, _program.Name, worker.Id);
        }
        finally
        {
            _register.Remove(worker);
        }
    }

    private async Task WaitUntilFreeAsync(Worker worker)
    {
        using var patience = new CancellationTokenSource(_program.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        var free = _pool.WhenFreeAsync(worker.Backend);
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var registration = either.Token.UnsafeRegister(static source => ((TaskCompletionSource)source!).TrySetResult(), stopped);
        await using (registration.ConfigureAwait(false))
        {
            await Task.WhenAny(free, worker.Exited, stopped.Task).ConfigureAwait(false);
        }
    }
}
