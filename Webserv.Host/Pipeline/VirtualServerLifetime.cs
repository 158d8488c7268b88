using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Webserv.Host.Logging;

namespace Webserv.Host.Pipeline;

/// <summary>
/// How long a virtual server lives: every request holds a reference from its beginning to its end; when the server was
/// retired and the last request has left, it lets go of its middleware and its access log. A server that a reload does not
/// change goes on in the next generation and is not retired.
/// </summary>
/// <param name="name">The server's name, for the log.</param>
/// <param name="middleware">What its pipeline consists of; held by it from now on.</param>
/// <param name="accessLogs">The files of access logs that it writes to.</param>
/// <param name="logger">Is told about what does not end in time.</param>
[SuppressMessage("Design", "CA1001", Justification = "A source of cancellation without a timer holds nothing.")]
internal sealed class VirtualServerLifetime(
    string name, IReadOnlyList<MiddlewareUse> middleware, AccessLogLeases? accessLogs, ILogger logger)
{
    // How long cancelled requests may take to notice.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // The generations' own reference counts as one.
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _retiring = new();
    private int _references = 1;

    /// <summary>What its pipeline consists of, in the order in which it was made.</summary>
    public IReadOnlyList<MiddlewareUse> Middleware => middleware;

    /// <summary>Ends when the server was retired and the last request has left.</summary>
    public Task Drained => _drained.Task;

    /// <summary>Cancelled when it is retired: those inside have until the end of their time.</summary>
    public CancellationToken Retiring => _retiring.Token;

    /// <summary>The requests inside.</summary>
    public int Inside => Math.Max(0, Volatile.Read(ref _references) - (_retiring.IsCancellationRequested ? 0 : 1));

    /// <summary>Takes a reference for a request.</summary>
    /// <returns><see langword="false"/> when the server was retired and has ended.</returns>
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

    /// <summary>Takes no more requests, waits for those inside, cancels what is left, and lets go of the middleware, last first, and of the access logs.</summary>
    /// <param name="timeout">How long to wait before the rest is cancelled.</param>
    /// <param name="cancelRest">Cancels the requests that are still inside.</param>
    /// <param name="timeProvider">The clock.</param>
    public async Task RetireAsync(TimeSpan timeout, Action cancelRest, TimeProvider timeProvider)
    {
        Exit();
        _ = TellRetiringAsync();
        if (!await WaitAsync(timeout, timeProvider).ConfigureAwait(false))
        {
            Log.ServerCancelled(logger, name, timeout.TotalSeconds);
            cancelRest();
            if (!await WaitAsync(Grace, timeProvider).ConfigureAwait(false))
            {
                Log.ServerNotDrained(logger, name);
            }
        }

        await MiddlewareInstance.ReleaseAllAsync([.. middleware.Select(use => use.Instance)]).ConfigureAwait(false);
        if (accessLogs is not null)
        {
            await accessLogs.DisposeAsync().ConfigureAwait(false);
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
}
