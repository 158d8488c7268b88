using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Configuration;

/// <summary>The section <c>Logging:Console</c> as it is written, without what the server decides itself (<see cref="Logging.HostLogging"/>).</summary>
internal sealed class LogConsoleShape
{
    [Description("Levels in place of those of `Logging`.")]
    public IReadOnlyDictionary<string, LogLevel> LogLevel { get; set; } = new Dictionary<string, LogLevel>();

    [Description("Entries that wait for standard error at most. Beyond it entries are lost, and their number is logged: no request ever waits for a terminal or pipe.")]
    [Allowed("1", "10000000")]
    public int MaxQueueLength { get; set; } = 2500;

    [Description("How an entry is written.")]
    public LogFormatterShape FormatterOptions { get; set; } = new();
}
