using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>The log messages of the plugin.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "{Path} can not be read and is not shown below the listing")]
    public static partial void ReadmeUnreadable(ILogger logger, string path, Exception exception);

    [LoggerMessage(2, LogLevel.Error, "The template has changed and is wrong; the one before is used: {Reason}")]
    public static partial void TemplateNotRead(ILogger logger, string reason);
}
