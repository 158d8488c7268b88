using Webserv.Host.Pipeline;

namespace Webserv.Host.Tests.Pipeline;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/a", "/a", true)]
    [InlineData("/a", "/a/", false)]
    [InlineData("/a", "/A", false)]
    [InlineData("/a", "/ab", false)]
    [InlineData("/", "/", true)]
    [InlineData("/", "/a", false)]
    [InlineData("/*", "/", true)]
    [InlineData("/*", "/a/b", true)]
    [InlineData("/a/*", "/a", true)]
    [InlineData("/a/*", "/a/", true)]
    [InlineData("/a/*", "/a/b/c", true)]
    [InlineData("/a/*", "/ab", false)]
    [InlineData("/a/*", "/", false)]
    [InlineData("/*.php", "/x.php", true)]
    [InlineData("/*.php", "/.php", true)]
    [InlineData("/*.php", "/a/x.php", false)]
    [InlineData("/*.php", "/x.php/", false)]
    [InlineData("/a/*/c", "/a/b/c", true)]
    [InlineData("/a/*/c", "/a//c", true)]
    [InlineData("/a/*/c", "/a/b/b/c", false)]
    [InlineData("/a/*/c", "/a/c", false)]
    [InlineData("/a/*/c/*", "/a/b/c", true)]
    [InlineData("/a/*/c/*", "/a/b/c/d/e", true)]
    [InlineData("/a/*/c/*", "/a/b/x/d", false)]
    [InlineData("/a*b*c", "/axxbyybzzc", true)]
    [InlineData("/a*b*c", "/abc", true)]
    [InlineData("/a*b*c", "/abcd", false)]
    [InlineData("/**", "/abc", true)]
    [InlineData("/a*", "/a", true)]
    [InlineData("/a*", "/abc", true)]
    [InlineData("/a*", "/abc/d", false)]
    [InlineData("/a", "*", false)]
    public void IsMatch_Path_IsAsInTheTable(string pattern, string path, bool matches) => Assert.Equal(matches, new PathPattern(pattern).IsMatch(path));

    [Theory]
    [InlineData("/a/*", "/a/b", "/b")]
    [InlineData("/a/*", "/a", "/")]
    [InlineData("/a/*", "/a/", "/")]
    [InlineData("/a/b/*", "/a/b/c/d", "/c/d")]
    [InlineData("/*", "/a", "/a")]
    [InlineData("/a", "/a", "/a")]
    [InlineData("/a/b", "/a/b", "/b")]
    [InlineData("/a/*.php", "/a/x.php", "/x.php")]
    [InlineData("/a/x*/c/*", "/a/xy/c/d", "/xy/c/d")]
    public void GetRest_OfAMatch_IsBehindTheLiteralPrefix(string pattern, string path, string rest) => Assert.Equal(rest, new PathPattern(pattern).GetRest(path));

    [Theory]
    [MemberData(nameof(PathPatternCases.TakenAway), MemberType = typeof(PathPatternCases))]
    public void TakeAway_Path_LosesTheLiteralPrefixOfWhatMatches(string pattern, string path, string rest)
    {
        Assert.Equal(rest, PathPattern.TakeAway([new PathPattern(pattern)], path));
        Assert.Equal(pattern == path ? "/" : rest, PathPattern.GetBehind([new PathPattern(pattern)], path));
    }

    [Fact]
    public void TakeAway_SeveralMatches_TheLongestPrefixCounts() =>
        Assert.Equal("/c", PathPattern.TakeAway([new PathPattern("/a/*"), new PathPattern("/a/b/*"), new PathPattern("/*")], "/a/b/c"));

    [Fact]
    public void IsMatch_ManyStars_TakesLinearTime() =>
        Assert.False(new PathPattern("/" + string.Concat(Enumerable.Repeat("a*", 200)) + "b").IsMatch("/" + new string('a', 20_000)));
}
