using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

public sealed class TestPipelineEntryTests
{
    [Theory]
    [InlineData("/uploads/*", "/uploads/a/b", "/a/b")]
    [InlineData("/uploads/*", "/uploads/", "/")]
    [InlineData("/uploads/*", "/uploads", "/")]
    [InlineData("/uploads", "/uploads", "/")]
    [InlineData("/a/*.txt", "/a/b.txt", "/b.txt")]
    [InlineData("/*", "/a", "/a")]
    [InlineData("/old/*", "/old//x", "//x")]
    [InlineData(null, "/a/b", "/a/b")]
    public void GetPathBelowMatch_Pattern_TakesItsBeginningAway(string? pattern, string path, string expected)
    {
        Assert.Equal(expected, new TestPipelineEntry { MatchPath = pattern }.GetPathBelowMatch(path));
        Assert.Equal(expected, new TestPipelineEntry { RootMatchPath = pattern }.GetPathBelowRoot(path));
    }

    [Fact]
    public void ResolvePath_Relative_IsBelowTheConfiguration() =>
        Assert.Equal("/etc/webserv/x", new TestPipelineEntry { ConfigurationDirectory = "/etc/webserv" }.ResolvePath("x"));
}
