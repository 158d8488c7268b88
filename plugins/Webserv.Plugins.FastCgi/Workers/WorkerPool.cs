using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;
using Webserv.Plugins.FastCgi.Backends;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>
/// Starts the programs of an entry and keeps them running: each in its slot, replaced when it has served enough requests or
/// hangs, started again when it has ended, after pauses that grow when it does so again and again.
/// </summary>
internal sealed class WorkerPool : IAsyncDisposable
{
    private const int MaxExitDelay = 2_000;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    // Whoever ran for so long has not failed to start.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private readonly WorkerProgram _program;
    private readonly BackendPool _pool;
    private readonly IProtocolClient _client;
    private readonly IProcessRunner _runner;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _entry;
    private readonly SocketDirectory _directory = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LogThrottle _throttle;
    private readonly long[] _nextStart;
    private readonly Lock _gate = new();
    private readonly HashSet<Worker> _workers = [];
    private readonly List<Task> _retiring = [];
    private ProcessLimits _limits = ProcessLimits.None;
    private Task _slots = Task.CompletedTask;
    private int _made;
    private int _starting;
    private volatile bool _exiting;

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
        _runner = runner;
        _time = time;
        _logger = logger;
        _entry = entry;
        _throttle = new LogThrottle(time, Settled);
        _nextStart = new long[program.Count];
    }

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
        _limits = limits;

        // Whatever ends the process in order, a second signal included, leaves none behind.
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
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
            // The event belongs to the runtime, and would keep an unloaded plugin in memory. Not before: the process may be
            // made to exit while workers are asked to.
            AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
            _directory.Dispose();
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
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var next = await StartAsync().ConfigureAwait(false);
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

        if (current is not null)
        {
            Retire(current);
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

    /// <summary>Starts one and waits until it accepts requests; <see langword="null"/> where it does not work, which is logged.</summary>
    private async Task<Worker?> StartAsync()
    {
        Worker worker;
        try
        {
            worker = Make();
        }
        catch (Exception exception) when (exception is ProcessStartException or IOException)
        {
            if (_throttle.Allows(out var suppressed))
            {
                Log.CannotStartWorker(_logger, _entry, exception.Message, suppressed);
            }

            return null;
        }

        var problem = await FindProblemAsync(worker).ConfigureAwait(false);
        if (problem is null)
        {
            Log.WorkerStarted(_logger, _entry, _program.Name, worker.Id);
            return worker;
        }

        if (problem.Length > 0 && _throttle.Allows(out var others))
        {
            Log.WorkerDoesNotStart(_logger, _entry, _program.Name, worker.Id, problem, others);
        }

        await worker.EndAsync().ConfigureAwait(false);
        Forget(worker);
        return null;
    }

    private Worker Make()
    {
        var path = _program.Locate() ?? throw new ProcessStartException(ProcessStartFailure.NotFound, $"{_program.Name} was not found");
        var identity = _limits.Identity;
        var own = identity is not null && _program is { ListensItself: true, ChangesUserItself: false } ? _directory.MakeFor(identity) : null;
        var socket = Path.Join(own?.FullName ?? _directory.Path, $"{Interlocked.Increment(ref _made)}.sock");
        using var listening = _program.ListensItself ? null : ListeningSocket.Open(socket);
        Interlocked.Increment(ref _starting);
        try
        {
            var arguments = _program.Arguments(new WorkerPlace(socket, _directory.Path, identity));
            var process = _runner.Start(new ProcessStart(path, arguments, _program.WorkingDirectory, _program.Environment)
            {
                Input = listening,
                Limits = _program.ChangesUserItself ? _limits with { Identity = null } : _limits,
            });
            var limits = new ExchangeLimits
            {
                Timeout = _program.Timeout,
                KillGrace = _program.KillGrace,
                MaxHeaderSize = ByteSize.FromKilobytes(64),
            };
            var worker = new Worker(process, _program.Name, socket, own, limits, _time, _logger);
            worker.Backend = new Backend($"{_program.Name} (pid {process.Id})", BackendAddress.ForPath(socket), _program.Capacity)
            {
                MaxRequests = _program.MaxRequests,
                WornOut = () => worker.WantReplacement(hangs: false),
                FindCrash = _program.IsSingle ? worker.FindCrash : null,
                Recover = _program.IsSingle ? (hung, free) => _ = RecoverAsync(worker, hung, free) : null,
            };
            _client.Prepare(worker.Backend);
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
        catch
        {
            File.Delete(socket);
            own?.Remove();
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _starting);
        }
    }

    /// <summary>Waits until it accepts requests; else what is wrong, which is nothing where the server stops.</summary>
    private async Task<string?> FindProblemAsync(Worker worker)
    {
        using var patience = new CancellationTokenSource(_program.StartTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        var asking = AskUntilReadyAsync(worker, either.Token);
        await Task.WhenAny(asking, worker.Exited).ConfigureAwait(false);
        if (!asking.IsCompleted)
        {
            await either.CancelAsync().ConfigureAwait(false);
        }

        await asking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (worker.Exited.IsCompleted)
        {
            return "it ended before it accepted a request";
        }

        if (asking.IsCompletedSuccessfully)
        {
            return null;
        }

        return _stop.IsCancellationRequested ? ""
            : asking.IsCanceled ? $"it did not accept a request in {_program.StartTimeout}"
            : asking.Exception!.InnerException!.Message;
    }

    private async Task AskUntilReadyAsync(Worker worker, CancellationToken cancellation)
    {
        for (var pause = TimeSpan.FromMilliseconds(2); ; pause = pause < TimeSpan.FromMilliseconds(100) ? pause * 2 : pause)
        {
            try
            {
                if (_limits.Identity is { } identity)
                {
                    worker.Pin(identity.User);
                }

                // Whether it answers or closes the connection: it is there.
                await _client.IsReadyAsync(worker.Backend.Address, cancellation).ConfigureAwait(false);
                return;
            }
            catch (IOException) when (_program.ListensItself || worker.Exited.IsCompleted)
            {
                // It does not listen yet, or never will.
                await Task.Delay(pause, _time, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>After a request was given up: the process is free when it says so, and ended where it does not.</summary>
    private async Task RecoverAsync(Worker worker, bool hung, Action free)
    {
        if (!hung)
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
            worker.WantReplacement(hangs: true);
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

        Forget(worker);
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

    private void Forget(Worker worker)
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
