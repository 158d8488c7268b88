using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Removes <see cref="StaleFiles"/> beside the service, on a thread of its own: a large tree takes its time, and a start or reload
/// must neither wait for it nor fail with it.
/// </summary>
internal sealed class ClearingUp(string directory, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();

    /// <summary>Ends when everything was looked at, or when it was given up; never fails.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public void Start() =>
        Completion = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Gives it up and waits until the plugin's code is left.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(false);
        _end.Dispose();
    }

    private void Run()
    {
        try
        {
            StaleFiles.Remove(directory, time, logger, _end.Token);
        }
        catch (OperationCanceledException) when (_end.IsCancellationRequested)
        {
            // The next start or reload begins anew.
        }
        catch (Exception exception)
        {
            // Nobody waits for the outcome but the log.
            Log.ClearingUpFailed(logger, directory, exception);
        }
    }
}
