using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Scripts;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>Which commands can be kept warm.</summary>
public sealed class WarmCommandTests
{
    [Theory]
    [InlineData("python3", true)]
    [InlineData("/usr/bin/python3.11 -u", true)]
    [InlineData("python", true)]
    [InlineData("venv/bin/python", true)]
    [InlineData("python2", false)]
    [InlineData("python3.x", false)]
    [InlineData("pypy3", false)]
    [InlineData("php-cgi", false)]
    [InlineData("", false)]
    public void IsPython_Command_ByItsName(string command, bool expected) => Assert.Equal(expected, WarmCommand.IsPython(Parse(command)));

    [Theory]
    [InlineData("python3", null)]
    [InlineData("python3 -u -OO -IsSEBPbbRqd", null)]
    [InlineData("python3 -W error -Wignore::DeprecationWarning -X dev -Xutf8=1 -uX faulthandler", null)]
    [InlineData("python3 -i", "'-i'")]
    [InlineData("python3 -ui", "'-ui'")]
    [InlineData("python3 -v", "'-v'")]
    [InlineData("python3 -x", "'-x'")]
    [InlineData("python3 -m cgitb", "'-m'")]
    [InlineData("python3 -c pass", "'-c'")]
    [InlineData("python3 -", "'-' is no option")]
    [InlineData("python3 wrapper.py", "'wrapper.py' is no option")]
    [InlineData("python3 --help", "'--help'")]
    [InlineData("python3 -X importtime", "importtime")]
    [InlineData("python3 -X", "'-X '")]
    public void FindObstacle_Options_NamesTheOneThatCannotBe(string command, string? named) =>
        AssertNamed(named, WarmCommand.FindObstacle(Parse(command), new Dictionary<string, string>()));

    [Theory]
    [InlineData("/srv/lib:/opt/lib", null)]
    [InlineData("/srv/lib:lib", "PYTHONPATH")]
    [InlineData("/srv/lib:", "PYTHONPATH")]
    public void FindObstacle_SearchPath_MustNotDependOnTheScript(string path, string? named) =>
        AssertNamed(named, WarmCommand.FindObstacle(Parse("python3"), new Dictionary<string, string> { ["PYTHONPATH"] = path }));

    private static void AssertNamed(string? named, string? obstacle)
    {
        if (named is null)
        {
            Assert.Null(obstacle);
        }
        else
        {
            Assert.Contains(named, obstacle, StringComparison.Ordinal);
        }
    }

    private static Interpreter Parse(string command)
    {
        Assert.True(Interpreter.TryParse(command, out var interpreter, out _));
        return interpreter;
    }
}
