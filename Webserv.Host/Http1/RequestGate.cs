using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Http1;

/// <summary>
/// Counts the calls of middleware that are inside the objects of a request, and shuts them out when it is over: those objects
/// are reused, and a task that a middleware left behind must never reach another client's request through them.
/// </summary>
/// <param name="logger">Is told of the first call that came too late.</param>
/// <param name="connectionId">The connection of the request.</param>
/// <param name="requestNumber">The number of the request on it.</param>
internal sealed class RequestGate(ILogger logger, long connectionId, long requestNumber)
{
    // How many are inside; negative once it is closed.
    private int _state;
    private int _told;

    /// <summary>Goes in; whoever does leaves by disposing what it got, before it awaits anything.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public Pass Enter()
    {
        if (Interlocked.Increment(ref _state) > 0)
        {
            return new Pass(this);
        }

        Interlocked.Decrement(ref _state);
        if (Interlocked.Exchange(ref _told, 1) == 0)
        {
            Log.UsedAfterEnd(logger, string.Create(CultureInfo.InvariantCulture, $"{connectionId:x}-{requestNumber}"));
        }

        throw new ObjectDisposedException("context", "The request is over.");
    }

    /// <summary>Lets nobody in any more.</summary>
    /// <returns>Whether nobody is inside.</returns>
    public bool Close() => (Interlocked.Or(ref _state, int.MinValue) & int.MaxValue) == 0;

    /// <summary>The right to be inside.</summary>
    internal readonly ref struct Pass(RequestGate gate)
    {
        /// <summary>Goes out.</summary>
        public void Dispose() => Interlocked.Decrement(ref gate._state);
    }
}
