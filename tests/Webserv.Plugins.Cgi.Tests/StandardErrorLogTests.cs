using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What of a program's standard error comes into the log.</summary>
public sealed class StandardErrorLogTests
{
    [Fact]
    public void Take_TooFast_TellsWhatIsLeftOutAsSoonAsThereIsRoom()
    {
        var time = new FakeTimeProvider();
        var logger = new ListLogger();
        var log = new StandardErrorLog(logger, time, "daemon", "-");
        Write(StandardErrorLog.LinesPerSecond + 30);
        Assert.Equal(StandardErrorLog.LinesPerSecond, logger.Lines.Count);

        time.Advance(TimeSpan.FromSeconds(1));
        Write(1);
        Assert.Contains("30", logger.Lines[StandardErrorLog.LinesPerSecond], StringComparison.Ordinal);
        Assert.EndsWith("line", logger.Lines[StandardErrorLog.LinesPerSecond + 1], StringComparison.Ordinal);
        log.End();
        Assert.Equal(StandardErrorLog.LinesPerSecond + 2, logger.Lines.Count); // It is told once.

        void Write(int lines)
        {
            for (var i = 0; i < lines; i++)
            {
                log.Take("line\n"u8);
            }
        }
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
