using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.StaticFiles;

/// <summary>What the plugin logs.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Path} is empty or older than the file that it should hold, and is not served; others like it are not named for a minute")]
    public static partial void SiblingNotServed(ILogger logger, string path);

    [LoggerMessage(2, LogLevel.Debug, "{Path}: compressed into {Coding}, {Length} bytes to {CodedLength}, in {Milliseconds} ms")]
    public static partial void Compressed(ILogger logger, string path, string coding, long length, long codedLength, long milliseconds);

    [LoggerMessage(3, LogLevel.Debug, "{Path}: nobody waits for {Coding} any more, compression given up")]
    public static partial void CompressionGivenUp(ILogger logger, string path, string coding);

    [LoggerMessage(4, LogLevel.Warning, "{Path}: not compressed into {Coding}: {Reason}")]
    public static partial void FileNotCompressed(ILogger logger, string path, string coding, string reason);

    [LoggerMessage(5, LogLevel.Error, "{Path}: compression into {Coding} failed")]
    public static partial void CompressionFailed(ILogger logger, string path, string coding, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "{Held} bytes of compressed files are in memory, what slow clients still take among them: {Path} and others are sent as they are; said once a minute")]
    public static partial void CompressionMemoryFull(ILogger logger, long held, string path);
}
