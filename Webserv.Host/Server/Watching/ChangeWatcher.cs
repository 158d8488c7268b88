using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;

namespace Webserv.Host.Server.Watching;

/// <summary>
/// Notices that the configuration or a plugin has changed, waits until whoever changes it is done, and asks for a reload: one,
/// however many files were written in whatever way. The system's notices only make it look sooner; what counts is how the files
/// look, which is looked at every <see cref="PollInterval"/> where no notice comes.
/// </summary>
internal sealed class ChangeWatcher : IAsyncDisposable
{
    /// <summary>How long nothing must have changed.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);

    /// <summary>How often the files are looked at without a notice: not every file system sends any.</summary>
    public static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(2);

    /// <summary>How long to wait for files that change all the time.</summary>
    public static readonly TimeSpan MaxSettling = TimeSpan.FromSeconds(10);

    // What a reload may still take that was under way when the server was told to stop.
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(1);

    private readonly string _configurationFile;
    private readonly string _programDirectory;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _notice = new(0, 1);
    private readonly FileNotices _notices;
    private readonly Lock _sync = new();
    private WebservOptions _options;
    private FileStates _applied;
    private Task _running = Task.CompletedTask;

    /// <summary>Makes one for a configuration that was read, and plugins that are about to be loaded.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="configuration">How its file looked before it was read.</param>
    /// <param name="programDirectory">The directory of the program.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told what has changed.</param>
    public ChangeWatcher(WebservOptions options, FileStates configuration, string programDirectory, TimeProvider time, ILogger logger)
    {
        _configurationFile = options.File;
        _programDirectory = programDirectory;
        _time = time;
        _logger = logger;
        _options = options;
        _applied = configuration.With(Look(options));
        _notices = new FileNotices(Notice, logger);
        _notices.Watch(options, programDirectory);
    }

    /// <summary>All files are about to be read as they are now.</summary>
    public void MarkApplied()
    {
        lock (_sync)
        {
            _applied = Look(_options);
        }
    }

    /// <summary>Another configuration is in place, which says what is looked at from now on.</summary>
    public void Watch(WebservOptions options)
    {
        lock (_sync)
        {
            if (!options.Plugins.Directories.SequenceEqual(_options.Plugins.Directories))
            {
                // What is in directories that are new was loaded a moment ago.
                _applied = _applied.With(Look(options));
            }

            _options = options;
        }

        _notices.Watch(options, _programDirectory);
    }

    /// <summary>Begins to look.</summary>
    /// <param name="reload">Called when something has changed and is at rest; calls <see cref="MarkApplied"/> before it loads, and <see cref="Watch"/> after.</param>
    public void Start(Func<Task> reload) => _running = RunAsync(reload);

    /// <summary>Looks no more. A reload that is under way goes on.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Waits for a reload that is under way, but not for ever: plugins run in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _notices.Dispose();
        if (await Task.WhenAny(_running, Task.Delay(StopPatience, _time)).ConfigureAwait(false) != _running)
        {
            return; // What is left here it still uses.
        }

        _notice.Dispose();
        _stop.Dispose();
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever goes wrong with one look is logged, and the next one follows.")]
    private async Task RunAsync(Func<Task> reload)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await WaitForNoticeAsync().ConfigureAwait(false);
                if (await SettleAsync().ConfigureAwait(false) is { Count: > 0 } changed)
                {
                    Log.FilesChanged(_logger, changed[0], changed.Count - 1);
                    await reload().ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.WatchingFailed(_logger, exception);
            }
        }
    }

    private async Task WaitForNoticeAsync()
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        var poll = Task.Delay(PollInterval, _time, waiting.Token);
        var notice = _notice.WaitAsync(waiting.Token);
        await Task.WhenAny(poll, notice).ConfigureAwait(false);
        await waiting.CancelAsync().ConfigureAwait(false);
        await notice.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await poll.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Token.ThrowIfCancellationRequested();
    }

    /// <returns>What has changed since it was loaded last, when it has come to rest; empty where nothing has.</returns>
    private async Task<IReadOnlyList<string>> SettleAsync()
    {
        var began = _time.GetTimestamp();
        for (var (seen, changed) = FindChanges(); changed.Count > 0;)
        {
            await Task.Delay(Quiet, _time, _stop.Token).ConfigureAwait(false);
            var (now, changedNow) = FindChanges();
            var isAtRest = !now.ChangedSince(seen).Any() && !changedNow.Exists(FileLease.IsBeingWritten);
            if (isAtRest || _time.GetElapsedTime(began) > MaxSettling)
            {
                return changedNow;
            }

            (seen, changed) = (now, changedNow);
        }

        return [];
    }

    /// <returns>How the files look, and which of those that are watched differ from what was loaded.</returns>
    private (FileStates Now, List<string> Changed) FindChanges()
    {
        lock (_sync)
        {
            var now = Look(_options);
            var (options, configuration) = (_options, _configurationFile);
            return (now, [.. now.ChangedSince(_applied).Where(file => file == configuration ? options.ReloadOnChange : options.Plugins.HotReload)]);
        }
    }

    private FileStates Look(WebservOptions options) => FileStates.Take(_configurationFile, options.Plugins, _programDirectory);

    private void Notice()
    {
        lock (_notice)
        {
            if (_notice.CurrentCount == 0)
            {
                _notice.Release();
            }
        }
    }
}
