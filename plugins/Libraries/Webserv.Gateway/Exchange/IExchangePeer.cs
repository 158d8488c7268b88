using Webserv.Gateway.Processes;

namespace Webserv.Gateway.Exchange;

/// <summary>What answers a request: a script that runs, or one that another program runs.</summary>
internal interface IExchangePeer
{
    /// <summary>Its path, for messages.</summary>
    string Name { get; }

    /// <summary>Takes the request's body. A write throws <see cref="IOException"/> when nobody reads it any more.</summary>
    Stream StandardInput { get; }

    /// <summary>Ends the body.</summary>
    /// <param name="cancellation">Cancelled when the exchange has to stop.</param>
    /// <exception cref="OperationCanceledException">It was, and nobody has read so far.</exception>
    ValueTask EndInputAsync(CancellationToken cancellation) => StandardInput.DisposeAsync();

    /// <summary>Gives the answer. Disposed when nobody reads it any more.</summary>
    Stream StandardOutput { get; }

    /// <summary>Ends when the script has ended, though its output may still be read. Never fails.</summary>
    Task Exited { get; }

    /// <summary>Finds out, where the answer has ended without a byte, whether the script was never run.</summary>
    ValueTask<ProcessStartException?> FindStartFailureAsync(CancellationToken cancellation) => default;

    /// <summary>What has cut its answer off, where that ends without having said how long it is: it was killed by a signal, or by the server.</summary>
    string? FindCrash() => null;

    /// <summary>Whether its answer cannot be read at the moment for a reason that is not its own, so that its silence does not count.</summary>
    bool IsHeldUp => false;

    /// <summary>Ends the script: its answer is not wanted any more.</summary>
    void Kill();

    /// <summary>The exchange is over and does not touch the streams any more.</summary>
    void ExchangeEnded();
}
