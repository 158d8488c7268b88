using Microsoft.Extensions.Logging;

namespace Webserv.Host.Files;

/// <summary>What the open-file cache logs.</summary>
internal static partial class Log
{
    [LoggerMessage(4001, LogLevel.Warning, "Out of descriptors or memory while looking up {Path} ({Trouble}): closed {Count} cached files and tried again")]
    public static partial void ShedDescriptors(ILogger logger, string path, string trouble, int count);

    [LoggerMessage(4002, LogLevel.Error, "The file system could not answer for {Path}: {Trouble}")]
    public static partial void FileSystemTrouble(ILogger logger, string path, string trouble);
}
