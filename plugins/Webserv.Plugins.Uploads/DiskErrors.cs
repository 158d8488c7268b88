using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>What the file system refused, as a status. Anything else is a fault of the machine and ends as 500 in the log.</summary>
internal static class DiskErrors
{
    private const int NoSpaceLeft = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceededOnLinux = 122;
    private const int QuotaExceededOnMacOS = 69;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    /// <summary>The answer to an exception of the file system; <see langword="null"/> where there is none.</summary>
    public static HttpException? ToAnswer(Exception exception) => exception switch
    {
        UnauthorizedAccessException => new HttpException(StatusCodes.Forbidden, "The directory can not be written to.", exception),
        DirectoryNotFoundException => new HttpException(StatusCodes.Conflict, "The directory is gone.", exception),
        PathTooLongException => new HttpException(StatusCodes.BadRequest, "The path is too long.", exception),
        IOException { HResult: ReadOnlyFileSystem } => new HttpException(StatusCodes.Forbidden, "The file system is read-only.", exception),
        IOException { HResult: var code } when IsFull(code) => new HttpException(StatusCodes.InsufficientStorage, "The disk is full.", exception),
        _ => null,
    };

    private static bool IsFull(int code) =>
        code is NoSpaceLeft or WindowsDiskFull or WindowsHandleDiskFull
        || code == (OperatingSystem.IsMacOS() ? QuotaExceededOnMacOS : QuotaExceededOnLinux);
}
