using Microsoft.Extensions.Logging;
using Webserv.Abstractions.IO;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.Cgi.Python;

/// <summary>
/// Sees to it that there is a fork server for a Python command: starts it, starts another when it dies, when what it has
/// imported changes and after a number of requests; tells who asks to start the script as any other while there is none.
/// </summary>
internal sealed class WarmInterpreter : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GoodLife = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FileLookInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FallbackLogInterval = TimeSpan.FromSeconds(10);

    private readonly string _entry;
    private readonly Func<ProcessStart?> _command;
    private readonly PythonOptions _options;
    private readonly IProcessRunner _runner;
    private readonly IPipeStreams _streams;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<ForkServer> _all = [];
    private readonly Task _supervision;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource<string> _replace = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ForkServer? _current;
    private long _lastFileLook;
    private int _lookingAtFiles;
    private long _lastFallbackLog;
    private long _fallbacks;

    /// <param name="entry">The pipeline entry, for messages.</param>
    /// <param name="command">Gives the interpreter with its options and the environment that scripts have in common; <see langword="null"/> where it is not installed.</param>
    /// <param name="options">The modules, and how long it lives.</param>
    /// <param name="runner">Starts it.</param>
    /// <param name="streams">What waits for it and its scripts.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what becomes of it.</param>
    public WarmInterpreter(
        string entry, Func<ProcessStart?> command, PythonOptions options, IProcessRunner runner, IPipeStreams streams, TimeProvider time, ILogger logger)
    {
        _entry = entry;
        _command = command;
        _options = options;
        _runner = runner;
        _streams = streams;
        _time = time;
        _logger = logger;
        _lastFallbackLog = time.GetTimestamp() - (long)(FallbackLogInterval.TotalSeconds * time.TimestampFrequency);
        _lastFileLook = time.GetTimestamp();
        _supervision = Task.Run(SuperviseAsync);
    }

    /// <summary>The process id of the interpreter that is copied, where there is one.</summary>
    internal int? Id => _current?.Id;

    /// <summary>Ends when there is one.</summary>
    /// <param name="other">The process id of one that is not meant.</param>
    /// <returns>Its process id.</returns>
    internal async Task<int> WhenReadyAsync(int? other = null)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (Id is { } id && id != other)
                {
                    return id;
                }

                changed = _changed.Task;
            }

            await changed.ConfigureAwait(false);
        }
    }

    /// <summary>Starts a script.</summary>
    /// <returns>The script, or <see langword="null"/> where it is to be started as any other program.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public async Task<IScriptProcess?> TryStartAsync(ProcessStart start)
    {
        if (_current is { } server)
        {
            if (server.Program != start.Program)
            {
                Replace($"the interpreter is {start.Program} now");
            }
            else if (server.Limits != Inherited(start.Limits))
            {
                // It would run with another umask or as another user: not warm at all.
            }
            else if (await server.TryStartAsync(start).ConfigureAwait(false) is { } process)
            {
                if (server.Requests >= _options.MaxRequests)
                {
                    Replace($"it has been copied {server.Requests} times");
                }

                LookAtFiles(server);
                return process;
            }
        }

        SayFallback();
        return null;
    }

    /// <summary>
    /// What the interpreter itself is started with, of the limits of its scripts: the others would hold it up, too. How many processes
    /// there may be is asked when it forks, and by nobody else.
    /// </summary>
    public static ProcessLimits Inherited(ProcessLimits limits) =>
        new() { Niceness = limits.Niceness, Umask = limits.Umask, Identity = limits.Identity, Processes = limits.Processes };

    /// <summary>Ends what runs at once, without waiting: for a process that is about to end itself.</summary>
    public void KillAtOnce()
    {
        lock (_gate)
        {
            foreach (var server in _all)
            {
                server.Kill();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _supervision.ConfigureAwait(false);
        ForkServer[] all;
        lock (_gate)
        {
            all = [.. _all];
        }

        foreach (var server in all)
        {
            await server.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private void Replace(string reason)
    {
        lock (_gate)
        {
            _replace.TrySetResult(reason);
        }
    }

    private async Task SuperviseAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                failures = await RunOneAsync().ConfigureAwait(false) ? 0 : failures + 1;
                if (failures > 0)
                {
                    var pause = TimeSpan.FromTicks(Math.Min(LongestPause.Ticks, FirstPause.Ticks << Math.Min(failures - 1, 10)));
                    Log.WarmPause(_logger, _entry, pause);
                    await Task.Delay(pause, _time, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                // A bug: nothing above is expected to throw. Scripts are started one by one from now on.
                Log.WarmSupervisionFailed(_logger, exception, _entry);
                return;
            }
        }
    }

    /// <summary>Starts one, lets it take over, and waits until there has to be another.</summary>
    /// <returns>Whether that may be at once.</returns>
    private async Task<bool> RunOneAsync()
    {
        if (_command() is not { } command)
        {
            return false; // Its absence has been logged, and each request says so.
        }

        ForkServer server;
        try
        {
            server = await ForkServer.StartAsync(command, [.. _options.Preload], _runner, _streams, _time, _logger, _stop.Token).ConfigureAwait(false);
        }
        catch (ForkServerException exception)
        {
            Log.WarmFailed(_logger, _entry, command.Program, exception.Message);
            return false;
        }

        var began = _time.GetTimestamp();
        Task<string> replace;
        ForkServer? old;
        lock (_gate)
        {
            _all.Add(server);
            _replace = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            replace = _replace.Task;
            old = _current;
            _current = server;
            SayChanged();
        }

        _ = server.Completion.ContinueWith(_ => Forget(server), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        old?.Retire();
        Log.WarmReady(_logger, _entry, command.Program, server.Id);
        await Task.WhenAny(replace, server.Completion).WaitAsync(_stop.Token).ConfigureAwait(false);
        if (replace.IsCompleted && !server.Completion.IsCompleted)
        {
            Log.WarmReplaced(_logger, _entry, command.Program, server.Id, await replace.ConfigureAwait(false));
            return true;
        }

        Log.WarmDied(_logger, _entry, command.Program, server.Id, await server.Completion.ConfigureAwait(false));
        return _time.GetElapsedTime(began) >= GoodLife;
    }

    private void Forget(ForkServer server)
    {
        lock (_gate)
        {
            _all.Remove(server);
            if (_current == server)
            {
                _current = null;
                SayChanged();
            }
        }
    }

    private void SayChanged()
    {
        _changed.TrySetResult();
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private void LookAtFiles(ForkServer server)
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lastFileLook)) < FileLookInterval || Interlocked.Exchange(ref _lookingAtFiles, 1) != 0)
        {
            return;
        }

        // Nobody's request waits for the disk.
        _ = Task.Run(() =>
        {
            try
            {
                if (server.Files.FindChanged() is { } changed)
                {
                    Replace($"{changed} has changed");
                }
            }
            catch (Exception exception)
            {
                // The next look goes on with the next file.
                Log.WarmLookFailed(_logger, exception, _entry);
            }
            finally
            {
                Volatile.Write(ref _lastFileLook, _time.GetTimestamp());
                Volatile.Write(ref _lookingAtFiles, 0);
            }
        });
    }

    private void SayFallback()
    {
        var count = Interlocked.Increment(ref _fallbacks);
        var last = Volatile.Read(ref _lastFallbackLog);
        if (_time.GetElapsedTime(last) >= FallbackLogInterval
            && Interlocked.CompareExchange(ref _lastFallbackLog, _time.GetTimestamp(), last) == last)
        {
            Interlocked.Add(ref _fallbacks, -count);
            Log.WarmFallback(_logger, _entry, count);
        }
    }
}
