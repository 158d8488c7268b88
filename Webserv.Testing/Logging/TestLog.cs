using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Webserv.Testing.Logging;

/// <summary>Keeps what was logged.</summary>
public sealed class TestLog : ILoggerFactory
{
    private readonly ConcurrentQueue<TestLogEntry> _entries = new();

    /// <summary>What was logged so far, in order.</summary>
    public IReadOnlyCollection<TestLogEntry> Entries => _entries;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new TestLogger(categoryName, _entries);

    /// <summary>Does nothing: the log is kept in memory alone.</summary>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
