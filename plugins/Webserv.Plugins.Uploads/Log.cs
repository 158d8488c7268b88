using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.Uploads;

/// <summary>What the plugin logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Path}: stored, {Length} bytes")]
    public static partial void Stored(ILogger logger, string path, long length);

    [LoggerMessage(2, LogLevel.Information, "{Path}: deleted")]
    public static partial void Deleted(ILogger logger, string path);

    [LoggerMessage(3, LogLevel.Warning, "{Path}: a temporary file could not be removed; it is tried again at the next start")]
    public static partial void TemporaryFileStays(ILogger logger, string path, Exception exception);

    [LoggerMessage(4, LogLevel.Information, "{Path}: removed what an upload left behind that never ended")]
    public static partial void StaleFileRemoved(ILogger logger, string path);

    [LoggerMessage(5, LogLevel.Information, "{Path}: refused, {Reason}")]
    public static partial void Refused(ILogger logger, string path, string reason, Exception? exception);

    [LoggerMessage(6, LogLevel.Warning, "{Directory}: {Count} directories below it could not be searched for what uploads left behind that never ended, the last of them because: {Reason}")]
    public static partial void DirectoriesUnsearched(ILogger logger, string directory, int count, string? reason);

    [LoggerMessage(7, LogLevel.Error, "{Directory}: searching it for what uploads left behind that never ended failed; it is tried again at the next start")]
    public static partial void ClearingUpFailed(ILogger logger, string directory, Exception exception);

    [LoggerMessage(8, LogLevel.Warning, "{Path}: a directory that was made for an upload that failed could not be removed")]
    public static partial void DirectoryStays(ILogger logger, string path, Exception exception);
}
