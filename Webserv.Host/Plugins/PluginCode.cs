using Microsoft.Extensions.Logging;

namespace Webserv.Host.Plugins;

/// <summary>Runs code of a plugin that might throw, block or never end.</summary>
internal static class PluginCode
{
    /// <summary>How long cancelled code may take to notice.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Runs it on the thread pool. Code that outlives its time is cancelled, then abandoned; what it throws later is logged.</summary>
    /// <param name="plugin">The plugin's id.</param>
    /// <param name="what">What is done, for the message.</param>
    /// <param name="work">The plugin's code.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told about failures that come too late.</param>
    /// <param name="cancellation">Abandons it.</param>
    /// <exception cref="PluginException">It threw or took too long.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static async Task RunAsync(
        string plugin,
        string what,
        Func<CancellationToken, Task> work,
        TimeSpan timeout,
        TimeProvider timeProvider,
        ILogger logger,
        CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        var token = either.Token;
        var running = Task.Run(() => work(token), CancellationToken.None);
        try
        {
            await running.WaitAsync(token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            await AbandonAsync(plugin, running, timeProvider, logger).ConfigureAwait(false);
            cancellation.ThrowIfCancellationRequested();
            throw new PluginException($"did not finish {what} in {timeout.TotalSeconds:0.###} s");
        }
        catch (Exception exception)
        {
            // Whatever a plugin throws is the plugin's failure and nobody else's.
            throw new PluginException(PluginFailure.Describe(exception), exception);
        }
    }

    private static async Task AbandonAsync(string plugin, Task running, TimeProvider timeProvider, ILogger logger)
    {
        var observed = running.ContinueWith(
            static (task, state) =>
            {
                var (logger, plugin) = ((ILogger, string))state!;
                if (task.Exception is { } exception)
                {
                    logger.PluginFailedLate(plugin, exception);
                }
            },
            (logger, plugin),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        await Task.WhenAny(observed, Task.Delay(Grace, timeProvider)).ConfigureAwait(false);
    }
}
