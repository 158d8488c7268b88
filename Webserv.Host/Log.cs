using Microsoft.Extensions.Logging;

namespace Webserv.Host;

/// <summary>
/// The messages of the server itself. Event ids are stable: 1xx connections and requests, 2xx pipelines, 3xx the server. Transport,
/// plugins and configuration have their own.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Debug, "Connection {ConnectionId:x} broke: {Reason}")]
    public static partial void ConnectionBroken(ILogger logger, long connectionId, string reason);

    [LoggerMessage(101, LogLevel.Error, "Connection {ConnectionId:x} failed")]
    public static partial void ConnectionFailed(ILogger logger, long connectionId, Exception exception);

    [LoggerMessage(102, LogLevel.Warning, "Refused a connection: there are {Limit} already (Limits.MaxConnections)")]
    public static partial void TooManyConnections(ILogger logger, int limit);

    [LoggerMessage(103, LogLevel.Information, "Connection {ConnectionId:x}: request refused with {Status}: {Reason}")]
    public static partial void RequestRejected(ILogger logger, long connectionId, int status, string reason);

    [LoggerMessage(104, LogLevel.Error, "{TraceId}: a middleware returned while it was still reading the request body or writing the response")]
    public static partial void OperationLeftBehind(ILogger logger, string traceId);

    [LoggerMessage(105, LogLevel.Error, "{TraceId}: {Method} {Path}: the answer was cut after it had begun")]
    public static partial void ResponseCut(ILogger logger, string traceId, string method, string path, Exception exception);

    [LoggerMessage(106, LogLevel.Warning, "Connection {ConnectionId:x}: a callback for cancellation threw")]
    public static partial void CancellationFailed(ILogger logger, long connectionId, Exception exception);

    [LoggerMessage(110, LogLevel.Debug, "{TraceId}: {Method} {Path}: the client is gone")]
    public static partial void ClientGone(ILogger logger, string traceId, string method, string path);

    [LoggerMessage(111, LogLevel.Information, "{TraceId}: {Method} {Path}: {Status}: {Reason}")]
    public static partial void RequestEnded(ILogger logger, string traceId, string method, string path, int status, string reason);

    [LoggerMessage(112, LogLevel.Error, "{TraceId}: {Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string traceId, string method, string path, Exception exception);

    [LoggerMessage(113, LogLevel.Error, "{TraceId}: the error page for {Status} failed as well")]
    public static partial void ErrorPageFailed(ILogger logger, string traceId, int status, Exception exception);

    [LoggerMessage(114, LogLevel.Warning, "{TraceId}: the error page {Path} for {Status} answered {PageStatus}; the default page was sent")]
    public static partial void ErrorPageMissing(ILogger logger, string traceId, string path, int status, int pageStatus);

    [LoggerMessage(160, LogLevel.Error, "{TraceId}: a middleware used the request after its task had ended; it was refused")]
    public static partial void UsedAfterEnd(ILogger logger, string traceId);

    [LoggerMessage(161, LogLevel.Warning, "A callback of a middleware for the stop of the server threw")]
    public static partial void StoppingCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Warning, "Generation {Number} still has requests inside after {Seconds} s; they are cancelled")]
    public static partial void GenerationCancelled(ILogger logger, int number, double seconds);

    [LoggerMessage(204, LogLevel.Error, "Generation {Number} has requests inside that do not heed cancellation; its middleware are disposed under them")]
    public static partial void GenerationNotDrained(ILogger logger, int number);

    [LoggerMessage(201, LogLevel.Warning, "{Middleware} could not be disposed")]
    public static partial void DisposeFailed(ILogger logger, string middleware, Exception exception);

    [LoggerMessage(202, LogLevel.Error, "{Path} could not be initialised")]
    public static partial void InitializeFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(203, LogLevel.Error, "{Path}: no loaded plugin offers '{Name}'; it answers 503 because these plugins failed to load: {Plugins}")]
    public static partial void MiddlewareUnavailable(ILogger logger, string path, string name, string plugins);

    [LoggerMessage(300, LogLevel.Information, "Stopping; {Connections} connections are open")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(301, LogLevel.Warning, "Requests still ran after {Seconds} s (Limits.ShutdownTimeout) and were cut")]
    public static partial void StopTimedOut(ILogger logger, double seconds);

    [LoggerMessage(302, LogLevel.Information, "Reloaded; generation {Number} serves")]
    public static partial void Reloaded(ILogger logger, int number);

    [LoggerMessage(303, LogLevel.Error, "Not reloaded, the configuration before stays: {Error}")]
    public static partial void ReloadRefused(ILogger logger, string error);

    [LoggerMessage(304, LogLevel.Error, "Not reloaded, the configuration before stays")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(305, LogLevel.Information, "Stopped before it served")]
    public static partial void StoppedAtStart(ILogger logger);

    [LoggerMessage(310, LogLevel.Information, "SIGUSR1: there are no log files to reopen; the log goes to standard error")]
    public static partial void NothingToReopen(ILogger logger);
}
