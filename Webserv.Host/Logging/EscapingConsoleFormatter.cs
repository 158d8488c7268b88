using System.Buffers;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Webserv.Host.Logging;

/// <summary>
/// Writes what another formatter makes of an entry, with control characters escaped (<c>\x1b</c>): paths, fields and the texts of
/// exceptions hold what a client sent, which must neither forge a line nor drive the terminal that shows it. What the other
/// formatter puts before the category, colours included, stays as it is.
/// </summary>
internal sealed class EscapingConsoleFormatter(ConsoleFormatter inner) : ConsoleFormatter(inner.Name), IDisposable
{
    private const int KeptCapacity = 16 * 1024;

    // C0 but for the tab, DEL, C1, and the separators of lines and paragraphs.
    private static readonly SearchValues<char> Escaped = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(static code => (char)code).Where(static character => char.IsControl(character) && character != '\t'), '\u2028', '\u2029']);

    [ThreadStatic]
    private static StringWriter? _writer;

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        // Taken, so that what is logged by the formatting itself has another one.
        var writer = _writer ?? new StringWriter(CultureInfo.InvariantCulture);
        _writer = null;
        inner.Write(logEntry, scopeProvider, writer);
        var text = writer.GetStringBuilder();
        Write(text.ToString(), logEntry.Category, textWriter);
        text.Clear();
        if (text.Capacity <= KeptCapacity)
        {
            _writer = writer;
        }
    }

    public void Dispose() => (inner as IDisposable)?.Dispose();

    private static void Write(ReadOnlySpan<char> line, string category, TextWriter writer)
    {
        // Everything that somebody else may have a say in comes after the category.
        var own = Math.Max(0, line.IndexOf(category, StringComparison.Ordinal));
        var end = line.EndsWith(Environment.NewLine, StringComparison.Ordinal) ? line.Length - Environment.NewLine.Length : line.Length;
        writer.Write(line[..own]);
        var rest = line[own..end];
        int next;
        while ((next = rest.IndexOfAny(Escaped)) >= 0)
        {
            writer.Write(rest[..next]);
            writer.Write(Escape(rest[next]));
            rest = rest[(next + 1)..];
        }

        writer.Write(rest);
        writer.Write(line[end..]);
    }

    private static string Escape(char character) => character switch
    {
        '\n' => @"\n",
        '\r' => @"\r",
        <= '\xFF' => string.Create(CultureInfo.InvariantCulture, $@"\x{(int)character:x2}"),
        _ => string.Create(CultureInfo.InvariantCulture, $@"\u{(int)character:x4}"),
    };
}
