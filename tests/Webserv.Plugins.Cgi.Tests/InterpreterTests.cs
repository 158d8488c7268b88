using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class InterpreterTests
{
    [Theory]
    [InlineData("", null, "")]
    [InlineData("   ", null, "")]
    [InlineData("php-cgi", "php-cgi", "")]
    [InlineData(" /usr/bin/python3  -u\t-B ", "/usr/bin/python3", "-u|-B")]
    [InlineData("\"/opt/my program/run\" a\"b c\"d \"\"", "/opt/my program/run", "ab cd|")]
    public void TryParse_Command_IsSplitIntoWords(string command, string? program, string arguments)
    {
        Assert.True(Interpreter.TryParse(command, out var interpreter, out _));
        Assert.Equal((program, arguments), (interpreter.Program, string.Join('|', interpreter.Arguments)));
    }

    [Theory]
    [InlineData("\"php", "not closed")]
    [InlineData("\"\" x", "begin with a program")]
    [InlineData("a\0b", "NUL")]
    public void TryParse_Malformed_SaysWhy(string command, string reason)
    {
        Assert.False(Interpreter.TryParse(command, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.php", "p")]
    [InlineData("a.PhP", "p")]
    [InlineData("a.cgi.php", "q")]
    [InlineData("a.cgi", "any")]
    [InlineData("a", "any")]
    [InlineData(".php", "any")]
    public void Find_Name_TakesTheLongestEnding(string name, string program)
    {
        var table = new InterpreterTable(new Dictionary<string, string> { [".php"] = "p", [".cgi.php"] = "q", ["*"] = "any" });
        Assert.Equal(program, table[table.Endings.Match(name)!].Program);
    }
}
