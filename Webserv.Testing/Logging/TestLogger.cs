using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webserv.Testing.Logging;

/// <summary>A logger of a <see cref="TestLog"/>; every level is on.</summary>
internal sealed class TestLogger(string category, ConcurrentQueue<TestLogEntry> entries) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        entries.Enqueue(new TestLogEntry(category, logLevel, eventId, formatter(state, exception), exception));
}
