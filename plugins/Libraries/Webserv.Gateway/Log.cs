using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Configuration;
using Webserv.Gateway.Exchange;
using Webserv.Gateway.Processes;

namespace Webserv.Gateway;

/// <summary>What is logged of scripts and exchanges, by the plugins that use this; their own events are 1 to 3 and from 100 on.</summary>
internal static partial class Log
{
    [LoggerMessage(4, LogLevel.Warning, "{Script} [{TraceId}] stderr: {Line}")]
    public static partial void StandardError(ILogger logger, string script, string traceId, string line);

    [LoggerMessage(5, LogLevel.Warning, "{Script} [{TraceId}]: {Count} lines on standard error came too fast and were not logged")]
    public static partial void StandardErrorSuppressed(ILogger logger, string script, string traceId, long count);

    [LoggerMessage(6, LogLevel.Warning, "{Script} [{TraceId}]: standard error cannot be read")]
    public static partial void StandardErrorBroken(ILogger logger, Exception exception, string script, string traceId);

    [LoggerMessage(7, LogLevel.Error, "{Script} [{TraceId}]: bad answer: {Reason}")]
    public static partial void BadAnswer(ILogger logger, string script, string traceId, string reason);

    [LoggerMessage(8, LogLevel.Error, "{Script} [{TraceId}]: killed, {Reason} longer than {Limit}")]
    public static partial void TimedOut(ILogger logger, string script, string traceId, GiveUpReason reason, TimeSpan limit);

    [LoggerMessage(9, LogLevel.Warning, "{Script} [{TraceId}]: killed, it went on for {Limit} after its answer")]
    public static partial void Lingers(ILogger logger, string script, string traceId, TimeSpan limit);

    [LoggerMessage(10, LogLevel.Warning, "{Script} [{TraceId}]: did not end within {Grace} of SIGTERM, sending SIGKILL")]
    public static partial void IgnoresTermination(ILogger logger, string script, string traceId, TimeSpan grace);

    [LoggerMessage(11, LogLevel.Warning, "{Script} [{TraceId}] {Exit}")]
    public static partial void Failed(ILogger logger, string script, string traceId, ProcessExit exit);

    [LoggerMessage(12, LogLevel.Debug, "{Script} [{TraceId}] {Exit}")]
    public static partial void Ended(ILogger logger, string script, string traceId, ProcessExit exit);

    [LoggerMessage(13, LogLevel.Debug, "{Script} [{TraceId}] stopped reading the request body")]
    public static partial void StoppedReading(ILogger logger, string script, string traceId);

    [LoggerMessage(14, LogLevel.Critical, "{Script} [{TraceId}]: supervision failed")]
    public static partial void SupervisionFailed(ILogger logger, Exception exception, string script, string traceId);

    [LoggerMessage(15, LogLevel.Warning, "{Script} [{TraceId}]: wrote {Count} bytes behind the end of its answer, which nobody gets")]
    public static partial void WroteMore(ILogger logger, string script, string traceId, long count);

    [LoggerMessage(16, LogLevel.Warning, "{Script} [{TraceId}]: killed, it wrote more than {Limit} bytes behind the end of its answer")]
    public static partial void WroteTooMuch(ILogger logger, string script, string traceId, long limit);

    [LoggerMessage(17, LogLevel.Warning, "{Script} [{TraceId}]: {Field} names '{Value}', which {Problem}")]
    public static partial void CannotSendFile(ILogger logger, string script, string traceId, string field, string value, string problem);

    [LoggerMessage(18, LogLevel.Warning, "{Entry}: {Option}: the directory {Directory} does not exist; what scripts name in it is answered with 404")]
    public static partial void SendFileDirectoryMissing(ILogger logger, string entry, string option, string directory);

    [LoggerMessage(30, LogLevel.Warning, "{Script} [{TraceId}]: {Count} processes that it left behind in sessions of their own were ended")]
    public static partial void DescendantsEnded(ILogger logger, string script, string traceId, int count);

    [LoggerMessage(31, LogLevel.Error, "{Script} [{TraceId}]: {Count} processes that it left behind do not end, even by SIGKILL")]
    public static partial void DescendantsRemain(ILogger logger, string script, string traceId, int count);

    [LoggerMessage(32, LogLevel.Warning, "cannot look for processes that scripts left behind, and will try again")]
    public static partial void SweepFailed(ILogger logger, Exception exception);

    [LoggerMessage(33, LogLevel.Warning, "{Script} [{TraceId}]: its temporary directory cannot be removed: {Reason}")]
    public static partial void DirectoryRemains(ILogger logger, string script, string traceId, string reason);

    [LoggerMessage(34, LogLevel.Error, "{Script} [{TraceId}]: killed, its answer is longer than {Limit}")]
    public static partial void AnswerTooLong(ILogger logger, string script, string traceId, ByteSize limit);
}
