using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>What the plugin logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{TraceId}: {Path} will not be loaded again by itself: {Reason}")]
    public static partial void PageLeftAlone(ILogger logger, string traceId, string path, string reason);

    [LoggerMessage(2, LogLevel.Error, "{TraceId}: {Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string traceId, string method, string path, Exception exception);

    [LoggerMessage(3, LogLevel.Warning, "{Entry}: changes of files below {Root} are not noticed: {Reason}")]
    public static partial void FilesNotWatched(ILogger logger, string entry, string root, string reason);
}
