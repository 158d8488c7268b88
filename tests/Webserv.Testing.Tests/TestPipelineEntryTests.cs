using Webserv.Host.Tests.Pipeline;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

public sealed class TestPipelineEntryTests
{
    [Theory]
    [MemberData(nameof(PathPatternCases.TakenAway), MemberType = typeof(PathPatternCases))]
    public void GetPathBelow_Pattern_TakesAwayWhatTheServerTakesAway(string pattern, string path, string expected)
    {
        var behind = pattern == path ? "/" : expected;
        Assert.Equal(behind, new TestPipelineEntry { MatchPath = pattern }.GetPathBelowMatch(path));
        Assert.Equal(expected, new TestPipelineEntry { RootMatchPath = pattern }.GetPathBelowRoot(path));
    }

    [Fact]
    public void GetPathBelow_NoPattern_IsThePath()
    {
        Assert.Equal("/a/b", new TestPipelineEntry().GetPathBelowMatch("/a/b"));
        Assert.Equal("/a/b", new TestPipelineEntry().GetPathBelowRoot("/a/b"));
    }

    [Fact]
    public void ResolvePath_Relative_IsBelowTheConfiguration() =>
        Assert.Equal("/etc/webserv/x", new TestPipelineEntry { ConfigurationDirectory = "/etc/webserv" }.ResolvePath("x"));
}
