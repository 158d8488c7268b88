using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class RequestPathRulesTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/a")]
    [InlineData("/a/")]
    [InlineData("/a/b.txt")]
    [InlineData("/a b/ü/日本.txt")]
    [InlineData("/a..b/c...")]
    [InlineData("/%2F")]
    [InlineData("/.well-known/acme-challenge/x")]
    [InlineData("/a\n")]
    [InlineData("/~user")]
    public void IsAcceptable_OrdinaryPath_IsAccepted(string path) => Assert.True(RequestPathRules.IsAcceptable(path, false));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("//")]
    [InlineData("//a")]
    [InlineData("/a//b")]
    [InlineData("/a//")]
    [InlineData("/.")]
    [InlineData("/..")]
    [InlineData("/../etc/passwd")]
    [InlineData("/a/../b")]
    [InlineData("/a/..")]
    [InlineData("/a/./b")]
    [InlineData("/a\0")]
    [InlineData("/a\0.txt")]
    [InlineData("/a\\b")]
    [InlineData("/..\\..\\etc")]
    [InlineData("/\\evil.com")]
    public void IsAcceptable_HostilePath_IsRefusedAlsoWithDotFiles(string path)
    {
        Assert.False(RequestPathRules.IsAcceptable(path, false));
        Assert.False(RequestPathRules.IsAcceptable(path, true));
    }

    [Theory]
    [InlineData("/.git/config")]
    [InlineData("/.htaccess")]
    [InlineData("/a/.env")]
    [InlineData("/...")]
    [InlineData("/.well-known2/x")]
    [InlineData("/.well-known/.secret")]
    [InlineData("/.Well-Known/x")]
    public void IsAcceptable_DotFile_NeedsTheOption(string path)
    {
        Assert.False(RequestPathRules.IsAcceptable(path, false));
        Assert.True(RequestPathRules.IsAcceptable(path, true));
    }

    [Theory]
    [InlineData(255, "a", true)]
    [InlineData(256, "a", false)]
    [InlineData(127, "ü", true)]
    [InlineData(128, "ü", false)]
    [InlineData(85, "日", true)]
    [InlineData(86, "日", false)]
    public void IsAcceptable_LongName_IsCountedInBytes(int count, string character, bool expected) =>
        Assert.Equal(expected, RequestPathRules.IsAcceptable("/" + string.Concat(Enumerable.Repeat(character, count)), false));

    [Fact]
    public void IsAcceptable_LongPath_IsRefused() =>
        Assert.False(RequestPathRules.IsAcceptable(string.Concat(Enumerable.Repeat("/abc", 1024)), false));
}
