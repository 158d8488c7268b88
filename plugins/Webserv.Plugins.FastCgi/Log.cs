using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.FastCgi;

/// <summary>What the plugin logs; events 4 to 99 are those of the library.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Error, "{Entry}: {Backend} cannot be used: {Reason}")]
    public static partial void BackendDown(ILogger logger, string entry, string backend, string reason);

    [LoggerMessage(101, LogLevel.Debug, "{Entry}: {Backend} still cannot be used, next try in {Pause}: {Reason}")]
    public static partial void BackendStillDown(ILogger logger, string entry, string backend, TimeSpan pause, string reason);

    [LoggerMessage(102, LogLevel.Information, "{Entry}: {Backend} can be used again")]
    public static partial void BackendUp(ILogger logger, string entry, string backend);

    [LoggerMessage(103, LogLevel.Debug, "{Entry}: {Backend} takes {Requests} requests at once, {PerConnection} on a connection")]
    public static partial void BackendCapacity(ILogger logger, string entry, string backend, int requests, int perConnection);

    [LoggerMessage(104, LogLevel.Debug, "{Script} [{TraceId}] exited with status {Status}")]
    public static partial void ApplicationStatus(ILogger logger, string script, string traceId, uint status);

    [LoggerMessage(105, LogLevel.Debug, "{Script} [{TraceId}]: {Reason} before anything came, and had served others; tried again")]
    public static partial void Retried(ILogger logger, string script, string traceId, string reason);

    [LoggerMessage(110, LogLevel.Information, "{Entry}: started {Program} (pid {Id})")]
    public static partial void WorkerStarted(ILogger logger, string entry, string program, int id);

    [LoggerMessage(111, LogLevel.Error, "{Entry}: {Reason}; requests are answered with 503 until it can be started ({Suppressed} such messages left out)")]
    public static partial void CannotStartWorker(ILogger logger, string entry, string reason, int suppressed);

    [LoggerMessage(112, LogLevel.Error, "{Entry}: {Program} (pid {Id}) does not start: {Reason} ({Suppressed} such messages left out)")]
    public static partial void WorkerDoesNotStart(ILogger logger, string entry, string program, int id, string reason, int suppressed);

    [LoggerMessage(113, LogLevel.Warning, "{Entry}: {Program} (pid {Id}) hangs and is replaced")]
    public static partial void WorkerHangs(ILogger logger, string entry, string program, int id);

    [LoggerMessage(114, LogLevel.Information, "{Entry}: {Program} (pid {Id}) has ended")]
    public static partial void WorkerEnded(ILogger logger, string entry, string program, int id);

    [LoggerMessage(115, LogLevel.Error, "{Entry}: what {Program} (pid {Id}) left cannot be removed")]
    public static partial void CannotCleanUp(ILogger logger, Exception exception, string entry, string program, int id);

    [LoggerMessage(116, LogLevel.Critical, "{Entry}: the supervision of {Program} failed")]
    public static partial void SupervisionFailed(ILogger logger, Exception exception, string entry, string program);

    [LoggerMessage(117, LogLevel.Error, "{Entry}: {Program} was not found in {SearchPath}; PHP scripts are answered with 503 until one is installed (on Debian: apt-get install php-fpm, or php-cgi) and the configuration is reloaded")]
    public static partial void PhpMissing(ILogger logger, string entry, string program, string searchPath);
}
