using Microsoft.Extensions.Logging;
using Webserv.Gateway.Processes;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// Sees a script to its end, beyond the end of its request: reads its standard error, lets it linger a bounded time after
/// the answer is complete, ends it and all it started, reaps it, closes its pipes.
/// </summary>
internal sealed class ScriptLifetime : IExchangePeer
{
    private readonly IScriptProcess _process;
    private readonly ExchangeLimits _limits;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly string _script;
    private readonly string _traceId;
    private readonly Action _ended;
    private readonly ScriptRemains? _remains;
    private readonly TaskCompletionSource _exchangeEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _reaping = new();
    private ProcessExit? _exit;
    private volatile bool _gone;

    /// <param name="process">The script; owned from now on.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what the script writes to standard error and how it ended.</param>
    /// <param name="script">Its path, for messages.</param>
    /// <param name="traceId">The request's, for messages.</param>
    /// <param name="ended">Called when nothing of the script runs any more.</param>
    /// <param name="remains">What it may leave behind otherwise; cleared with it.</param>
    public ScriptLifetime(
        IScriptProcess process,
        ExchangeLimits limits,
        TimeProvider time,
        ILogger logger,
        string script,
        string traceId,
        Action ended,
        ScriptRemains? remains = null)
    {
        _process = process;
        _limits = limits;
        _time = time;
        _logger = logger;
        _script = script;
        _traceId = traceId;
        _ended = ended;
        _remains = remains;
        Completion = SuperviseAsync();
    }

    public string Name => _script;

    public Stream StandardInput => _process.StandardInput;

    public Stream StandardOutput => _process.StandardOutput;

    public Task Exited => _process.Exited;

    /// <summary>The mark of what it starts.</summary>
    public string? Mark => _remains?.Mark;

    /// <summary>Ends when the script is reaped and its pipes are closed. Never fails.</summary>
    public Task Completion { get; }

    /// <summary>Ends the script now: SIGTERM to all of its group, and SIGKILL to whoever remains after the grace.</summary>
    public void Kill() => _killed.TrySetResult();

    /// <summary>Ends the script and all of its group at once, without waiting: for a process that is about to end itself.</summary>
    public void KillAtOnce()
    {
        // A group that has gone may have left its number to somebody else.
        if (!_gone)
        {
            _process.Signal(ScriptSignal.Kill);
        }
    }

    /// <summary>Removes its temporary directory, for a process that is about to end itself, after <see cref="KillAtOnce"/>.</summary>
    public void RemoveDirectory() => _remains?.RemoveDirectory(_logger, _script, _traceId);

    public ValueTask<ProcessStartException?> FindStartFailureAsync(CancellationToken cancellation) =>
        _process.FindStartFailureAsync(cancellation);

    public string? FindCrash()
    {
        if (_killed.Task.IsCompleted)
        {
            return "was ended by the server";
        }

        lock (_reaping)
        {
            return (_exit ?? _process.FindExit()) is { Signal: not null } exit ? exit.ToString() : null;
        }
    }

    /// <summary>The exchange is over and does not touch the pipes any more.</summary>
    public void ExchangeEnded() => _exchangeEnded.TrySetResult();

    private async Task SuperviseAsync()
    {
        using var stopReading = new CancellationTokenSource();
        var error = new StandardErrorLog(_logger, _time, _script, _traceId).ReadAsync(_process.StandardError, stopReading.Token);
        try
        {
            await WaitForScriptAsync().ConfigureAwait(false);
            await Task.WhenAny(_exchangeEnded.Task, _killed.Task).ConfigureAwait(false);
            await EndGroupAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A bug: nothing above is expected to throw. The server goes on, and so does the place the script had.
            Log.SupervisionFailed(_logger, exception, _script, _traceId);
        }

        _gone = true;
        if (_remains is not null)
        {
            await _remains.ClearAsync(_killed.Task.IsCompleted, _limits.KillGrace, _logger, _script, _traceId).ConfigureAwait(false);
        }

        _ended();
        await EndsWithinAsync(error, _limits.KillGrace).ConfigureAwait(false);
        await stopReading.CancelAsync().ConfigureAwait(false);
        await error.ConfigureAwait(false);
        await _exchangeEnded.Task.ConfigureAwait(false);
        await _process.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Until the script itself has ended, by itself or not.</summary>
    private async Task WaitForScriptAsync()
    {
        await Task.WhenAny(_process.Exited, _killed.Task, _exchangeEnded.Task).ConfigureAwait(false);
        if (!_killed.Task.IsCompleted)
        {
            var endsOrKilled = Task.WhenAny(_process.Exited, _killed.Task);
            if (!await EndsWithinAsync(endsOrKilled, _limits.Timeout).ConfigureAwait(false))
            {
                Log.Lingers(_logger, _script, _traceId, _limits.Timeout);
            }
        }

        if (_process.Exited.IsCompleted)
        {
            return;
        }

        _remains?.Remember(_process);
        _process.Signal(ScriptSignal.Terminate);
        if (!await EndsWithinAsync(_process.Exited, _limits.KillGrace).ConfigureAwait(false))
        {
            Log.IgnoresTermination(_logger, _script, _traceId, _limits.KillGrace);
            _process.Signal(ScriptSignal.Kill);
            await _process.Exited.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The dead script keeps its group's number taken until it is reaped, so the first signal reaches nobody else. If
    /// others are alive after that, the group goes on existing and keeps the number as well.
    /// </summary>
    private async Task EndGroupAsync()
    {
        _process.Signal(ScriptSignal.Terminate);
        ProcessExit exit;
        lock (_reaping)
        {
            _exit = exit = _process.Reap();
        }

        if (!exit.IsSuccess && !_killed.Task.IsCompleted)
        {
            Log.Failed(_logger, _script, _traceId, exit);
        }
        else
        {
            Log.Ended(_logger, _script, _traceId, exit);
        }

        var began = _time.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(1);
        while (_process.Signal(ScriptSignal.Probe))
        {
            var left = _limits.KillGrace - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero)
            {
                _process.Signal(ScriptSignal.Kill);
                return;
            }

            await Task.Delay(pause < left ? pause : left, _time).ConfigureAwait(false);
            pause = pause < TimeSpan.FromMilliseconds(50) ? pause * 2 : pause;
        }
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        if (!task.IsCompleted)
        {
            using var waiting = new CancellationTokenSource();
            var delay = Task.Delay(time, _time, waiting.Token);
            await Task.WhenAny(task, delay).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
        }

        return task.IsCompleted;
    }
}
