using Microsoft.Extensions.Logging;

namespace Webserv.Plugins.Metrics;

/// <summary>The log messages of the plugin.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "Instrument {Instrument} of meter {Meter} has more than {Most} combinations of labels (MaxSeries); those that are new are counted together")]
    public static partial void TooManySeries(ILogger logger, string instrument, string meter, int most);

    [LoggerMessage(2, LogLevel.Warning, "Instrument {Instrument} of meter {Meter} is not shown: another one is called {Name} too, and is a {Kind}")]
    public static partial void NameTaken(ILogger logger, string instrument, string meter, string name, string kind);

    [LoggerMessage(3, LogLevel.Warning, "An instrument could not be read; the others were: {Reason}")]
    public static partial void ReadFailed(ILogger logger, string reason, Exception exception);
}
