using System.Globalization;
using Webserv.Abstractions.Http;

namespace Webserv.Gateway;

/// <summary>Lets so many requests in at once and keeps a bounded number of others waiting for a bounded time.</summary>
/// <param name="places">How many are in at once.</param>
/// <param name="queueLength">How many others wait.</param>
/// <param name="queueTimeout">How long they do.</param>
/// <param name="time">The clock.</param>
internal sealed class ConcurrencyGate(int places, int queueLength, TimeSpan queueTimeout, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _places = new(places);
    private int _waiting;

    /// <summary>Takes a place, to be given back with <see cref="Leave"/>.</summary>
    /// <exception cref="HttpException">503: too many wait already, or it took too long.</exception>
    public async ValueTask EnterAsync(CancellationToken cancellation)
    {
        if (_places.Wait(0, CancellationToken.None))
        {
            return;
        }

        if (Interlocked.Increment(ref _waiting) > queueLength)
        {
            Interlocked.Decrement(ref _waiting);
            throw Busy("too many requests wait for a script to end");
        }

        using var patience = new CancellationTokenSource(queueTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            await _places.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Busy("no script ended in time");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => _places.Release();

    public void Dispose() => _places.Dispose();

    private HttpException Busy(string reason)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(queueTimeout.TotalSeconds));
        return new HttpException(StatusCodes.ServiceUnavailable, reason)
        {
            Headers = { [Fields.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture) },
        };
    }
}
