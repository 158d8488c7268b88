using Microsoft.Extensions.Logging;

namespace Webserv.Host.Transport;

/// <summary>What the transports log. Event ids 1000 to 1099.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Error, "event loop {Loop}: waiting for events failed: {Problem}")]
    public static partial void WaitFailed(ILogger logger, int loop, string problem);

    [LoggerMessage(1001, LogLevel.Error, "event loop {Loop}: a connection failed unexpectedly and is closed")]
    public static partial void SourceFailed(ILogger logger, Exception error, int loop);

    [LoggerMessage(1002, LogLevel.Warning, "event loop {Loop} was held up for {Milliseconds} ms; {Count} times so far. Something that runs on it blocks")]
    public static partial void LoopStalled(ILogger logger, int loop, long milliseconds, long count);

    [LoggerMessage(1003, LogLevel.Warning, "cannot accept on {Endpoint}: {Problem}; trying again every {Milliseconds} ms")]
    public static partial void AcceptSuspended(ILogger logger, string endpoint, string problem, int milliseconds);

    [LoggerMessage(1004, LogLevel.Information, "accepting on {Endpoint} again")]
    public static partial void AcceptResumed(ILogger logger, string endpoint);

    [LoggerMessage(1005, LogLevel.Debug, "a connection to {Endpoint} was lost before it was accepted: {Problem}")]
    public static partial void AcceptLost(ILogger logger, string endpoint, string problem);

    [LoggerMessage(1006, LogLevel.Error, "a connection to {Endpoint} could not be taken over and is closed")]
    public static partial void AcceptFailed(ILogger logger, Exception error, string endpoint);

    [LoggerMessage(1007, LogLevel.Error, "connection {Connection}: its observer failed; it is closed")]
    public static partial void ObserverFailed(ILogger logger, Exception error, long connection);

    [LoggerMessage(1020, LogLevel.Information, "connection {Connection:x} is reset: {Problem}")]
    public static partial void PeerGivenUp(ILogger logger, long connection, string problem);

    [LoggerMessage(1008, LogLevel.Warning, "cannot remove the socket file {Path}: {Problem}")]
    public static partial void SocketFileNotRemoved(ILogger logger, string path, string problem);
}
