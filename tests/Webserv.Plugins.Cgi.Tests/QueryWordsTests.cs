using Webserv.Gateway;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Cgi.Tests;

public sealed class QueryWordsTests
{
    [Theory]
    [InlineData("/a.sh", "")]
    [InlineData("/a.sh?", "")]
    [InlineData("/a.sh?one", "one")]
    [InlineData("/a.sh?one+two%20words+%C3%BC", "one|two words|\u00fc")]
    [InlineData("/a.sh?a+b=c", "")]
    [InlineData("/a.sh?a%3Db", "a=b")]
    [InlineData("/a.sh?a+-s", "")]
    [InlineData("/a.sh?%2Ds", "")]
    [InlineData("/a.sh?a%00", "")]
    [InlineData("/a.sh?%ff", "")]
    [InlineData("/a.sh?%4", "")]
    [InlineData("/a.sh?%zz", "")]
    [InlineData("/a.sh?a;b+%24HOME+%60x%60+%0A", "a\\;b|\\$HOME|\\`x\\`|\\\n")]
    public void Read_Query_GivesWords(string target, string expected) =>
        Assert.Equal(expected, string.Join('|', QueryWords.Read(TestHttpContext.Get(target).Request)));

    [Fact]
    public void Read_Post_HasNone() => Assert.Empty(QueryWords.Read(TestHttpContext.Post("/a.sh?one").Request));
}
