using System.Net;
using Microsoft.Extensions.Logging;
using Webserv.Host.Transport;

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

    [LoggerMessage(103, LogLevel.Information, "Connection {ConnectionId:x} from {Client}: request refused with {Status}: {Reason}")]
    public static partial void RequestRejected(ILogger logger, long connectionId, IPEndPoint? client, int status, string reason);

    [LoggerMessage(104, LogLevel.Error, "{TraceId}: a middleware returned while it was still reading the request body or writing the response")]
    public static partial void OperationLeftBehind(ILogger logger, string traceId);

    [LoggerMessage(105, LogLevel.Error, "{TraceId}: {Client}: {Method} {Path}: the answer was cut after it had begun")]
    public static partial void ResponseCut(ILogger logger, string traceId, IPAddress? client, string method, string path, Exception exception);

    [LoggerMessage(106, LogLevel.Warning, "Connection {ConnectionId:x}: a callback for cancellation threw")]
    public static partial void CancellationFailed(ILogger logger, long connectionId, Exception exception);

    [LoggerMessage(107, LogLevel.Warning, "{TraceId}: {Client}: {Path}: {File} became shorter while it was being sent, and the answer was cut: {Problem}")]
    public static partial void FileShrank(ILogger logger, string traceId, IPAddress? client, string path, string file, string problem);

    [LoggerMessage(110, LogLevel.Debug, "{TraceId}: {Client}: {Method} {Path}: the client is gone")]
    public static partial void ClientGone(ILogger logger, string traceId, IPAddress? client, string method, string path);

    [LoggerMessage(111, LogLevel.Information, "{TraceId}: {Client}: {Method} {Path}: {Status}: {Reason}")]
    public static partial void RequestEnded(ILogger logger, string traceId, IPAddress? client, string method, string path, int status, string reason);

    [LoggerMessage(112, LogLevel.Error, "{TraceId}: {Client}: {Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string traceId, IPAddress? client, string method, string path, Exception exception);

    [LoggerMessage(113, LogLevel.Error, "{TraceId}: the error page for {Status} failed as well")]
    public static partial void ErrorPageFailed(ILogger logger, string traceId, int status, Exception exception);

    [LoggerMessage(114, LogLevel.Warning, "{TraceId}: the error page {Path} for {Status} answered {PageStatus}; the default page was sent")]
    public static partial void ErrorPageMissing(ILogger logger, string traceId, string path, int status, int pageStatus);

    [LoggerMessage(115, LogLevel.Error, "{TraceId}: plugin {Plugin} {Explanation}")]
    public static partial void CastBetweenCopies(ILogger logger, string traceId, string plugin, string explanation);

    [LoggerMessage(120, LogLevel.Warning, "Refused {Count} connections: {Limit} are open and none of them is idle (Limits.MaxConnections)")]
    public static partial void ServerFull(ILogger logger, long count, int limit);

    [LoggerMessage(121, LogLevel.Warning, "Refused {Count} connections: a listener has {Limit} and none of them is idle (Limits.MaxConnectionsPerListener); the last on {Endpoint}")]
    public static partial void ListenerFull(ILogger logger, long count, int limit, string endpoint);

    [LoggerMessage(122, LogLevel.Warning, "Refused {Count} connections of clients that have {Limit} (Limits.MaxConnectionsPerClient); the last of {Client}")]
    public static partial void ClientFull(ILogger logger, long count, int limit, string client);

    [LoggerMessage(123, LogLevel.Information, "Closed {Count} idle connections to make room for new ones (Limits.MaxConnections, Limits.MaxConnectionsPerListener, or the descriptors of the process)")]
    public static partial void ConnectionsRecycled(ILogger logger, long count);

    [LoggerMessage(130, LogLevel.Information, "{TraceId}: {Client}: {Method} {Path}: {Status}, {Milliseconds} ms: {Entries}")]
    public static partial void RequestTrace(
        ILogger logger, string traceId, IPAddress? client, string method, string path, int status, string milliseconds, string entries);

    [LoggerMessage(140, LogLevel.Warning, "{Endpoint}: {Count} connections refused in the last minute or more, the last from {Peer}: not one of Proxies.ProxyProtocol.Networks")]
    public static partial void ProxySourceRefused(ILogger logger, ListenEndpoint endpoint, int count, IPEndPoint? peer);

    [LoggerMessage(141, LogLevel.Debug, "Connection {ConnectionId:x} from {Peer}: closed, its PROXY header is wrong: {Problem}")]
    public static partial void ProxyHeaderMalformed(ILogger logger, long connectionId, IPEndPoint? peer, string problem);

    [LoggerMessage(142, LogLevel.Debug, "Connection {ConnectionId:x} from {Peer}: closed without a PROXY header ({Status} after {Count} bytes)")]
    public static partial void ProxyHeaderMissing(ILogger logger, long connectionId, IPEndPoint? peer, ReceiveStatus status, int count);

    [LoggerMessage(143, LogLevel.Warning, "{Endpoint}: {Count} connections refused in the last minute or more: {Limit} wait for their PROXY headers already (Limits.MaxConnections)")]
    public static partial void TooManyProxyHeaders(ILogger logger, ListenEndpoint endpoint, int limit, int count);

    [LoggerMessage(144, LogLevel.Error, "Connection {ConnectionId:x} failed before its PROXY header was read")]
    public static partial void ProxyHeaderFailed(ILogger logger, long connectionId, Exception exception);

    [LoggerMessage(160, LogLevel.Error, "{TraceId}: a middleware used the request after its task had ended; it was refused")]
    public static partial void UsedAfterEnd(ILogger logger, string traceId);

    [LoggerMessage(161, LogLevel.Warning, "A callback of a middleware for the stop of the server, or of its generation, threw")]
    public static partial void StoppingCallbackFailed(ILogger logger, Exception exception);

    [LoggerMessage(162, LogLevel.Warning, "A listener to the meter of the server threw when a request was measured; said once")]
    public static partial void MeterListenerFailed(ILogger logger, Exception exception);

    [LoggerMessage(200, LogLevel.Warning, "Virtual server {Name} was replaced and still has requests inside after {Seconds} s; they are cancelled")]
    public static partial void ServerCancelled(ILogger logger, string name, double seconds);

    [LoggerMessage(204, LogLevel.Error, "Virtual server {Name} was replaced and has requests inside that do not heed cancellation; its middleware are disposed under them")]
    public static partial void ServerNotDrained(ILogger logger, string name);

    [LoggerMessage(201, LogLevel.Warning, "{Middleware} could not be disposed: plugin {Plugin} {Reason}")]
    public static partial void DisposeFailed(ILogger logger, string middleware, string plugin, string reason, Exception exception);

    [LoggerMessage(205, LogLevel.Error, "{Middleware} of plugin {Plugin} could not be made for {Path}")]
    public static partial void MakeFailed(ILogger logger, string middleware, string plugin, string path, Exception exception);

    [LoggerMessage(202, LogLevel.Error, "{Path} could not be initialised")]
    public static partial void InitializeFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(203, LogLevel.Error, "{Path}: no loaded plugin offers '{Name}'; it answers 503 because these plugins failed to load: {Plugins}")]
    public static partial void MiddlewareUnavailable(ILogger logger, string path, string name, string plugins);

    [LoggerMessage(300, LogLevel.Information, "Stopping; {Connections} connections are open")]
    public static partial void Stopping(ILogger logger, int connections);

    [LoggerMessage(301, LogLevel.Warning, "Requests still ran after {Seconds} s (Limits.ShutdownTimeout) and were cut")]
    public static partial void StopTimedOut(ILogger logger, double seconds);

    [LoggerMessage(309, LogLevel.Error, "Plugins, or a reload, have not ended {Seconds} s after the stop began; the process ends without them")]
    public static partial void PluginsNotLetGo(ILogger logger, double seconds);

    [LoggerMessage(302, LogLevel.Information, "Reloaded; generation {Number} serves; virtual servers that changed: {Changed}")]
    public static partial void Reloaded(ILogger logger, int number, string changed);

    [LoggerMessage(303, LogLevel.Error, "Not reloaded, the configuration before stays: {Error}")]
    public static partial void ReloadRefused(ILogger logger, string error);

    [LoggerMessage(304, LogLevel.Error, "Not reloaded, the configuration before stays")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);

    [LoggerMessage(305, LogLevel.Information, "Stopped before it served")]
    public static partial void StoppedAtStart(ILogger logger);

    [LoggerMessage(306, LogLevel.Information, "{File} has changed, and files besides it: {Others}; reloading")]
    public static partial void FilesChanged(ILogger logger, string file, int others);

    [LoggerMessage(307, LogLevel.Error, "Looking for changed files failed; it is tried again")]
    public static partial void WatchingFailed(ILogger logger, Exception exception);

    [LoggerMessage(308, LogLevel.Information, "The system sends no notices of changes in {Directory}; they are looked for every two seconds: {Problem}")]
    public static partial void NoFileNotices(ILogger logger, string directory, string problem);

    [LoggerMessage(312, LogLevel.Critical, "Plugin {Plugin} ends the process: it threw an exception on {Thread} that nothing catches")]
    public static partial void PluginEndsProcess(ILogger logger, string plugin, string thread, Exception exception);

    [LoggerMessage(313, LogLevel.Critical, "The process ends: an exception on {Thread} that nothing catches")]
    public static partial void ProcessEnds(ILogger logger, string thread, Exception exception);

    [LoggerMessage(314, LogLevel.Warning, "Plugin {Plugin}: a task failed that nobody awaited")]
    public static partial void PluginTaskFailed(ILogger logger, string plugin, Exception exception);

    [LoggerMessage(320, LogLevel.Warning, "The service manager handed over {Socket}, which is no endpoint of the configuration; nobody accepts from it")]
    public static partial void SocketNotUsed(ILogger logger, string socket);

    [LoggerMessage(322, LogLevel.Error, "Reloaded, but for an endpoint that another reload will try again: {Error}")]
    public static partial void ReloadedWithout(ILogger logger, string error);

    [LoggerMessage(323, LogLevel.Warning, "Reloaded, but for what takes a restart and stays as it was at the start: {Keys}")]
    public static partial void RestartNeeded(ILogger logger, string keys);

    [LoggerMessage(321, LogLevel.Warning, "Cannot tell the service manager at {Path} (NOTIFY_SOCKET): {Problem}")]
    public static partial void NotNotified(ILogger logger, string path, string problem);

    [LoggerMessage(310, LogLevel.Information, "SIGUSR1: there are no log files to reopen; the log goes to standard error")]
    public static partial void NothingToReopen(ILogger logger);

    [LoggerMessage(311, LogLevel.Information, "SIGUSR1: {Count} log files were opened again")]
    public static partial void LogFilesReopened(ILogger logger, int count);

    [LoggerMessage(340, LogLevel.Warning, "The control socket {Path} cannot accept; it is tried again: {Problem}")]
    public static partial void ControlFailed(ILogger logger, string path, string problem);

    [LoggerMessage(341, LogLevel.Debug, "The control socket {Path}: a client was gone, or took too long: {Problem}")]
    public static partial void ControlClientGone(ILogger logger, string path, string problem);

    [LoggerMessage(342, LogLevel.Error, "The control socket {Path}: a command failed")]
    public static partial void ControlCommandFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(343, LogLevel.Warning, "The control socket {Path} cannot be removed: {Problem}")]
    public static partial void ControlSocketNotRemoved(ILogger logger, string path, string problem);

    [LoggerMessage(330, LogLevel.Error, "The access log {File} cannot be written: {Problem}; up to AccessLog.MaxPending bytes wait until it can")]
    public static partial void AccessLogNotWritten(ILogger logger, string file, string problem);

    [LoggerMessage(331, LogLevel.Information, "The access log {File} is written again")]
    public static partial void AccessLogWrittenAgain(ILogger logger, string file);

    [LoggerMessage(332, LogLevel.Error, "The access log {File} lost {Count} lines: the disk does not keep up, and AccessLog.MaxPending bytes wait")]
    public static partial void AccessLogLinesLost(ILogger logger, string file, long count);

    [LoggerMessage(333, LogLevel.Error, "The access log {File} cannot be opened again, the file before stays in use: {Problem}")]
    public static partial void AccessLogNotReopened(ILogger logger, string file, string problem);

    [LoggerMessage(334, LogLevel.Error, "The access log {File} is not closed after {Seconds} s; what it had not written is lost")]
    public static partial void AccessLogNotClosed(ILogger logger, string file, double seconds);

    [LoggerMessage(335, LogLevel.Critical, "The access log {File} has failed; nothing more is written to it")]
    public static partial void AccessLogFailed(ILogger logger, string file, Exception exception);

    [LoggerMessage(336, LogLevel.Warning, "{TraceId}: the name of the user cannot be told; the access log has none")]
    public static partial void UserNameFailed(ILogger logger, string traceId, Exception exception);
}
