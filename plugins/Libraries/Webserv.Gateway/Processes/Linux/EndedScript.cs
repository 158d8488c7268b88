using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>A script that has ended, and what it may have left behind.</summary>
/// <param name="mark">Its mark.</param>
/// <param name="known">Processes of it that are known, marked or not; owned.</param>
/// <param name="grace">How long they have between SIGTERM and SIGKILL.</param>
/// <param name="script">Its path, for messages.</param>
/// <param name="traceId">The request's, for messages.</param>
internal sealed class EndedScript(string mark, IEnumerable<MarkedProcess> known, TimeSpan grace, string script, string traceId)
{
    private readonly Dictionary<int, MarkedProcess> _left = known.ToDictionary(static process => process.Id);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<int> _asked = [];
    private long? _firstAsked;
    private int _total;

    public string Mark => mark;

    /// <summary>Ends when nothing is left.</summary>
    public Task Gone => _gone.Task;

    /// <summary>How often SIGKILL was sent.</summary>
    public int Kills { get; private set; }

    /// <summary>Adds a process that was found.</summary>
    public void Add(MarkedProcess process)
    {
        if (!_left.TryAdd(process.Id, process))
        {
            // The number may be another process's by now: what was found last is there.
            _left[process.Id].Dispose();
            _left[process.Id] = process;
        }
    }

    /// <summary>Sends everybody who is left what is due.</summary>
    /// <returns>How many there are.</returns>
    public int Signal()
    {
        if (_left.Count > 0)
        {
            _firstAsked ??= Stopwatch.GetTimestamp();
        }

        var isOver = _firstAsked is { } first && Stopwatch.GetElapsedTime(first) >= grace;
        foreach (var (id, process) in _left.ToArray())
        {
            var isNew = _asked.Add(id);
            if (process.Signal(isOver ? ScriptSignal.Kill : isNew ? ScriptSignal.Terminate : ScriptSignal.Probe))
            {
                _total += isNew ? 1 : 0;
                continue;
            }

            _left.Remove(id);
            process.Dispose();
        }

        Kills += isOver && _left.Count > 0 ? 1 : 0;
        return _left.Count;
    }

    /// <summary>Nothing is left, or what is cannot be ended.</summary>
    public void Finish(ILogger logger)
    {
        var left = _left.Count;
        foreach (var process in _left.Values)
        {
            process.Dispose();
        }

        if (left > 0)
        {
            Log.DescendantsRemain(logger, script, traceId, left);
        }
        else if (_total > 0)
        {
            Log.DescendantsEnded(logger, script, traceId, _total);
        }

        _gone.TrySetResult();
    }
}
