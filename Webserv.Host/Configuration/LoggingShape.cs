using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace Webserv.Host.Configuration;

/// <summary>
/// The section <c>Logging</c> as it is written. Microsoft.Extensions.Logging reads the section itself, and throws at the start
/// or passes over what it does not know: this shape is what it, and what the console of the server, take from it.
/// </summary>
[Description("The section `Logging`, beside `Webserv`: the log of the server on standard error, by the conventions of .NET. A change takes a restart.")]
internal sealed class LoggingShape
{
    [Description("The least level that is logged, by category or the beginning of one: `Default`, `Webserv.Pipeline`. A category may hold one `*`.")]
    public IReadOnlyDictionary<string, LogLevel> LogLevel { get; set; } = new Dictionary<string, LogLevel>();

    [Description("How standard error is written.")]
    public LogConsoleShape Console { get; set; } = new();
}
