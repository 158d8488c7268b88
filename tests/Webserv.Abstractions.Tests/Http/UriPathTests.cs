using Webserv.Abstractions.Http;

namespace Webserv.Abstractions.Tests.Http;

public sealed class UriPathTests
{
    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b.txt", "/a/b.txt")]
    [InlineData("/a b", "/a%20b")]
    [InlineData("/100%", "/100%25")]
    [InlineData("/a%2Fb", "/a%2Fb")]
    [InlineData("/a?b#c", "/a%3Fb%23c")]
    [InlineData("/\"<>\\^`{|}", "/%22%3C%3E%5C%5E%60%7B%7C%7D")]
    [InlineData("/é/😀", "/%C3%A9/%F0%9F%98%80")]
    [InlineData("/a\r\nb", "/a%0D%0Ab")]
    [InlineData("//evil.com", "/evil.com")]
    [InlineData("///evil.com//x", "/evil.com//x")]
    [InlineData("/\\evil.com", "/%5Cevil.com")]
    [InlineData("a", "/a")]
    [InlineData("", "/")]
    public void Encode_Path_IsSafeInALocation(string path, string expected) => Assert.Equal(expected, UriPath.Encode(path));

    [Fact]
    public void Encode_UnpairedSurrogate_BecomesTheReplacementCharacter() =>
        Assert.Equal("/a%EF%BF%BDb", UriPath.Encode("/a\ud800b"));
}
