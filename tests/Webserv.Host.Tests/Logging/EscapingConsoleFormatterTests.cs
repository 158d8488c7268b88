using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Webserv.Host.Logging;

namespace Webserv.Host.Tests.Logging;

/// <summary>Lines of the log: what a client has a say in can neither forge one nor drive a terminal.</summary>
public sealed class EscapingConsoleFormatterTests
{
    private const string Category = "Webserv.Pipeline";
    private const string Prefix = "12:00 \e[40m\e[32minfo\e[39m\e[22m\e[49m: Webserv.Pipeline[111] ";

    [Theory]
    [InlineData("GET /a/b: 404: nothing is there\t'ü' 日本 \\x1b", "GET /a/b: 404: nothing is there\t'ü' 日本 \\x1b")]
    [InlineData("/\e[31mX", "/\\x1b[31mX")]
    [InlineData("/a\r\n12:00 info: Webserv.Pipeline[111] forged\n", "/a\\r\\n12:00 info: Webserv.Pipeline[111] forged\\n")]
    [InlineData("\0\u0001\b\v\u007F\u0080\u0085\u009B31m\u009F\u00A0\u2028\u2029", "\\x00\\x01\\x08\\x0b\\x7f\\x80\\x85\\x9b31m\\x9f\u00A0\\u2028\\u2029")]
    [InlineData("", "")]
    public void Write_Message_HasNoControlCharacters(string message, string expected) =>
        Assert.Equal(Prefix + expected + Environment.NewLine, Write(message, Category));

    [Fact]
    public void Write_CategoryThatIsNotThere_EscapesAll() =>
        Assert.Equal(Prefix.Replace("\e", "\\x1b", StringComparison.Ordinal) + "x" + Environment.NewLine, Write("x", "other"));

    [Fact]
    public void Write_LineIsLong_ThoseAfterItAreWhole()
    {
        var text = new string('x', 100_000);
        Assert.Equal(Prefix + text + "\\r" + Environment.NewLine, Write(text + "\r", Category));
        Assert.Equal(Prefix + "y" + Environment.NewLine, Write("y", Category));
        Assert.Equal(Prefix + "z" + Environment.NewLine, Write("z", Category));
    }

    private static string Write(string message, string category)
    {
        using var formatter = new EscapingConsoleFormatter(new ColouringFormatter());
        using var writer = new StringWriter();
        formatter.Write(new LogEntry<string>(LogLevel.Information, category, 111, message, null, static (state, _) => state), null, writer);
        return writer.ToString();
    }

    private sealed class ColouringFormatter() : ConsoleFormatter("simple")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
            textWriter.WriteLine(Prefix + logEntry.Formatter(logEntry.State, logEntry.Exception));
    }
}
