using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Ends what scripts have started and what left their process group, such as daemons. Every script has a mark of its own in
/// its environment, which what it starts inherits; what has the mark of a script that has ended is found by going through
/// <c>/proc</c>, once for all scripts that ended meanwhile. It gets SIGTERM, and SIGKILL after the grace.
/// </summary>
/// <remarks>
/// What escapes is a process that has a session of its own and has cast its environment off, and whose parent had ended
/// before the script was killed.
/// </remarks>
internal sealed class DescendantSweep(ILogger<DescendantSweep> logger) : IAsyncDisposable
{
    // Going through all processes takes this part of the time of a processor at most, where something is waited for or not.
    // On a machine that has much else to do it seems to take longer, and must not be put off for that.
    private const int HurriedShare = 10;
    private const int LeisurelyShare = 50;
    private const int MostKills = 50;
    private const int MostFailures = 10;

    private static readonly (TimeSpan Least, TimeSpan Most) Hurry = (TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(200));
    private static readonly (TimeSpan Least, TimeSpan Most) Leisure = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    private readonly Lock _lock = new();
    private readonly Dictionary<string, EndedScript> _ended = new(StringComparer.Ordinal);
    private TaskCompletionSource _hurried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _work = Task.CompletedTask;
    private bool _isWorking;
    private bool _isDisposing;

    /// <summary>A mark for a script.</summary>
    public static string NewMark() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(ProcessMarks.Length / 2));

    /// <summary>Ends what a script that has ended left behind.</summary>
    /// <param name="ended">The script; owned from now on.</param>
    /// <param name="hurry">Whether somebody waits for it.</param>
    /// <returns>Ends when nothing is left. Never fails.</returns>
    public Task EndAsync(EndedScript ended, bool hurry)
    {
        lock (_lock)
        {
            _ended[ended.Mark] = ended;
            if (hurry)
            {
                _hurried.TrySetResult();
            }

            if (!_isWorking)
            {
                _isWorking = true;
                _work = Task.Run(WorkAsync);
            }
        }

        return ended.Gone;
    }

    /// <summary>Kills at once what is left of ended scripts and everything of these, without waiting: the server is about to end itself.</summary>
    public void KillAtOnce(IEnumerable<string> running)
    {
        HashSet<string> marks;
        lock (_lock)
        {
            marks = [.. running, .. _ended.Keys];
        }

        if (marks.Count > 0)
        {
            foreach (var found in ProcessMarks.Find(marks.Contains))
            {
                using (found)
                {
                    found.Signal(ScriptSignal.Kill);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task work;
        lock (_lock)
        {
            _isDisposing = true;
            _hurried.TrySetResult();
            work = _work;
        }

        await work.ConfigureAwait(false);
    }

    private async Task WorkAsync()
    {
        var (took, failures) = (TimeSpan.Zero, 0);
        while (true)
        {
            await PauseAsync(took).ConfigureAwait(false);
            Dictionary<string, EndedScript> ended;
            lock (_lock)
            {
                if (_ended.Count == 0)
                {
                    _isWorking = false;
                    return;
                }

                ended = new(_ended, StringComparer.Ordinal);
            }

            var began = Stopwatch.GetTimestamp();
            try
            {
                Sweep(ended);
                failures = 0;
            }
            catch (Exception exception)
            {
                // Out of descriptors, perhaps, or a /proc that is not for us: those who wait must not do so for ever.
                Log.SweepFailed(logger, exception);
                if (++failures == MostFailures)
                {
                    failures = 0;
                    Array.ForEach([.. ended.Values], Finish);
                }
            }

            took = Stopwatch.GetElapsedTime(began);
        }
    }

    private async Task PauseAsync(TimeSpan took)
    {
        await Task.Delay(Within(Hurry, took * HurriedShare)).ConfigureAwait(false);
        Task hurried;
        lock (_lock)
        {
            hurried = _hurried.Task;
        }

        await Task.WhenAny(hurried, Task.Delay(Within(Leisure, took * LeisurelyShare))).ConfigureAwait(false);
        lock (_lock)
        {
            _hurried = new(TaskCreationOptions.RunContinuationsAsynchronously);
            if (_isDisposing)
            {
                _hurried.TrySetResult();
            }
        }
    }

    private static TimeSpan Within((TimeSpan Least, TimeSpan Most) bounds, TimeSpan time) =>
        time < bounds.Least ? bounds.Least : time > bounds.Most ? bounds.Most : time;

    private void Sweep(Dictionary<string, EndedScript> ended)
    {
        foreach (var found in ProcessMarks.Find(ended.ContainsKey))
        {
            ended[found.Mark].Add(found);
        }

        foreach (var script in ended.Values)
        {
            if (script.Signal() > 0 && script.Kills < MostKills)
            {
                HurryUp(); // Until it is gone.
            }
            else
            {
                Finish(script);
            }
        }
    }

    private void Finish(EndedScript script)
    {
        lock (_lock)
        {
            _ended.Remove(script.Mark);
        }

        script.Finish(logger);
    }

    private void HurryUp()
    {
        lock (_lock)
        {
            _hurried.TrySetResult();
        }
    }
}
