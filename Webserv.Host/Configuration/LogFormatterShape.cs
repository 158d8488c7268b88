using System.ComponentModel;
using Microsoft.Extensions.Logging.Console;

namespace Webserv.Host.Configuration;

/// <summary>The section <c>Logging:Console:FormatterOptions</c> as it is written, without what the server decides itself.</summary>
internal sealed class LogFormatterShape
{
    [Description("Colours: `Default` writes them to a terminal alone.")]
    public LoggerColorBehavior ColorBehavior { get; set; }

    [Description("Whether scopes are written that plugins open.")]
    public bool IncludeScopes { get; set; }

    [Description("Whether times are in UTC.")]
    public bool UseUtcTimestamp { get; set; }
}
