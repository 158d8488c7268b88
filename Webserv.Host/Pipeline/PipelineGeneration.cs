using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Logging;
using Webserv.Host.Proxies;

namespace Webserv.Host.Pipeline;

/// <summary>
/// One loaded set of pipelines. Every request holds a reference from its beginning to its end; when the generation was
/// retired and the last request has left, what it owns is disposed.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
internal sealed class PipelineGeneration(int number, VirtualServerTable servers, IReadOnlyList<IMiddleware> middleware, ILogger logger)
{
    // How long cancelled requests may take to notice.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // The holder's own reference counts as one.
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _retiring = new();
    private int _references = 1;

    /// <summary>Counts from 1 for the generation that the server started with.</summary>
    public int Number => number;

    /// <summary>The virtual servers.</summary>
    public VirtualServerTable Servers => servers;

    /// <summary>Whose forwarded fields are believed; <see langword="null"/> where nobody's are.</summary>
    public ForwardedPolicy? Forwarding { get; init; }

    /// <summary>The files of access logs that it writes to.</summary>
    public AccessLogLeases? AccessLogs { get; init; }

    /// <summary>Ends when the generation was retired and the last request has left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Cancelled when it is retired: those inside have until the end of their time.</summary>
    public CancellationToken Retiring => _retiring.Token;

    /// <summary>Takes a reference for a request.</summary>
    /// <returns><see langword="false"/> when the generation was retired and has ended.</returns>
    public bool TryEnter()
    {
        var references = Volatile.Read(ref _references);
        while (references > 0)
        {
            var seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
            {
                return true;
            }

            references = seen;
        }

        return false;
    }

    /// <summary>Gives a reference back.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _drained.TrySetResult();
        }
    }

    /// <summary>Takes no more requests, waits for those inside, cancels what is left, and disposes the middleware, last first; then it lets go of its access logs.</summary>
    /// <param name="timeout">How long to wait before the rest is cancelled.</param>
    /// <param name="cancelRest">Cancels the requests that are still inside.</param>
    /// <param name="timeProvider">The clock.</param>
    public async Task RetireAsync(TimeSpan timeout, Action<PipelineGeneration> cancelRest, TimeProvider timeProvider)
    {
        Exit();
        _ = TellRetiringAsync();
        if (!await WaitAsync(timeout, timeProvider).ConfigureAwait(false))
        {
            Log.GenerationCancelled(logger, number, timeout.TotalSeconds);
            cancelRest(this);
            if (!await WaitAsync(Grace, timeProvider).ConfigureAwait(false))
            {
                Log.GenerationNotDrained(logger, number);
            }
        }

        await DisposeAllAsync(middleware, logger).ConfigureAwait(false);
        if (AccessLogs is not null)
        {
            await AccessLogs.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Not awaited: what middleware do when they are told must not hold up the end.</summary>
    private async Task TellRetiringAsync()
    {
        try
        {
            await _retiring.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException exception)
        {
            Log.StoppingCallbackFailed(logger, exception);
        }
    }

    private async Task<bool> WaitAsync(TimeSpan timeout, TimeProvider timeProvider)
    {
        try
        {
            await Drained.WaitAsync(timeout, timeProvider).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            // An answer like any other: somebody is still inside.
            return false;
        }
    }

    /// <summary>Disposes middleware, last first; one that throws does not keep the others from it.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "A plugin's failure to clean up is logged and is its own.")]
    public static async Task DisposeAllAsync(IReadOnlyList<IMiddleware> middleware, ILogger logger)
    {
        foreach (var instance in middleware.Reverse())
        {
            try
            {
                if (instance is IAsyncDisposable asyncDisposable)
                {
                    await asyncDisposable.DisposeAsync().ConfigureAwait(false);
                }
                else if (instance is IDisposable disposable)
                {
                    disposable.Dispose();
                }
            }
            catch (Exception exception)
            {
                Log.DisposeFailed(logger, instance.GetType().Name, exception);
            }
        }
    }
}
