using Microsoft.Extensions.Logging;
using Webserv.Gateway.Processes;

namespace Webserv.Plugins.Cgi;

/// <summary>What the plugin logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Entry}: interpreter '{Program}' was not found in {SearchPath}; its scripts are answered with 500 until it is installed")]
    public static partial void InterpreterMissing(ILogger logger, string entry, string program, string searchPath);

    [LoggerMessage(100, LogLevel.Warning, "{Entry}: there is no script '{Script}' in {Root}; its requests go on to the next entry until there is")]
    public static partial void ScriptMissing(ILogger logger, string entry, string script, string? root);

    [LoggerMessage(2, LogLevel.Error, "{Script} [{TraceId}]: interpreter '{Program}' was not found in {SearchPath}")]
    public static partial void CannotFindInterpreter(ILogger logger, string script, string traceId, string program, string searchPath);

    [LoggerMessage(3, LogLevel.Error, "{Script} [{TraceId}]: {Reason}")]
    public static partial void CannotStart(ILogger logger, string script, string traceId, string reason);

    [LoggerMessage(120, LogLevel.Error, "{Script} [{TraceId}]: arguments and environment take {Total} bytes, {Size} of them {Variable}: {Reason}")]
    public static partial void EnvironmentTooLarge(ILogger logger, string script, string traceId, long total, string variable, long size, string reason);

    [LoggerMessage(121, LogLevel.Warning, "{Entry}: SpoolDirectory: {Directory} does not exist; what has to be kept there is answered with 507")]
    public static partial void SpoolDirectoryMissing(ILogger logger, string entry, string directory);

    [LoggerMessage(100, LogLevel.Information, "{Entry}: {Program} is kept warm (process {Id})")]
    public static partial void WarmReady(ILogger logger, string entry, string program, int id);

    [LoggerMessage(101, LogLevel.Information, "{Entry}: another {Program} takes over from process {Id}: {Reason}")]
    public static partial void WarmReplaced(ILogger logger, string entry, string program, int id, string reason);

    [LoggerMessage(102, LogLevel.Warning, "{Entry}: the warm {Program} (process {Id}) {Exit}")]
    public static partial void WarmDied(ILogger logger, string entry, string program, int id, ProcessExit exit);

    [LoggerMessage(103, LogLevel.Error, "{Entry}: {Program} cannot be kept warm: {Reason}")]
    public static partial void WarmFailed(ILogger logger, string entry, string program, string reason);

    [LoggerMessage(104, LogLevel.Warning, "{Entry}: a warm interpreter is started again in {Pause}")]
    public static partial void WarmPause(ILogger logger, string entry, TimeSpan pause);

    [LoggerMessage(105, LogLevel.Warning, "{Entry}: no warm interpreter for {Count} requests, whose scripts were started one by one")]
    public static partial void WarmFallback(ILogger logger, string entry, long count);

    [LoggerMessage(106, LogLevel.Warning, "{Entry}: '{Command}' is not kept warm, its scripts are started one by one: {Reason}")]
    public static partial void WarmObstacle(ILogger logger, string entry, string command, string reason);

    [LoggerMessage(107, LogLevel.Critical, "{Entry}: the supervision of the warm interpreter failed")]
    public static partial void WarmSupervisionFailed(ILogger logger, Exception exception, string entry);

    [LoggerMessage(108, LogLevel.Error, "{Entry}: whether a file that the warm interpreter has imported has changed is not known")]
    public static partial void WarmLookFailed(ILogger logger, Exception exception, string entry);
}
