using Microsoft.Extensions.Logging;

namespace Webserv.Testing.Logging;

/// <summary>One thing that was logged.</summary>
/// <param name="Category">The name of the logger.</param>
/// <param name="Level">How grave it is.</param>
/// <param name="EventId">Which message it is.</param>
/// <param name="Message">The text with its values.</param>
/// <param name="Exception">The exception logged with it, if any.</param>
public sealed record TestLogEntry(string Category, LogLevel Level, EventId EventId, string Message, Exception? Exception);
