using Microsoft.Extensions.Logging;

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
}
