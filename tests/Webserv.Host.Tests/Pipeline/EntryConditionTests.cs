using Moq;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;

namespace Webserv.Host.Tests.Pipeline;

public sealed class EntryConditionTests
{
    [Fact]
    public void Create_NothingToCheck_IsNull() => Assert.Null(EntryCondition.Create(new WhenOptions()));

    [Theory]
    [InlineData("/a.php", true)]
    [InlineData("/a.php/info", true)]
    [InlineData("/a.php/", true)]
    [InlineData("/d.php/a.html", true)]
    [InlineData("/a.phps", false)]
    [InlineData("/a.phps/b.php", true)]
    [InlineData("/a.PHP", false)]
    [InlineData("/php", false)]
    [InlineData("/.php", true)]
    [InlineData("/a.py", true)]
    public void IsMatch_Extension_EndsASegment(string path, bool matches) =>
        Assert.Equal(matches, Matches(new WhenOptions { Extensions = [".php", ".py"] }, path: path));

    [Theory]
    [InlineData("a.b", true)]
    [InlineData("A.B:80", true)]
    [InlineData("x.c", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::2]", false)]
    [InlineData("[0:0::1]", true)]
    [InlineData("[0000:0:0:0:0:0:0:1]:80", true)]
    [InlineData("[0:0::2]", false)]
    [InlineData("[::1", false)]
    [InlineData("a.b.", true)]
    [InlineData("A.B.:80", true)]
    [InlineData("x.c.", true)]
    [InlineData("a.b..", false)]
    [InlineData(".", false)]
    [InlineData("b", false)]
    [InlineData("", false)]
    public void IsMatch_Host_IgnoresCaseAndPort(string host, bool matches) =>
        Assert.Equal(matches, Matches(new WhenOptions { Hosts = ["a.b", "*.c", "[::1]"] }, host: host));

    [Theory]
    [InlineData("GET", true)]
    [InlineData("get", false)]
    [InlineData("HEAD", true)]
    [InlineData("head", false)]
    [InlineData("POST", false)]
    public void IsMatch_Method_IsCaseSensitiveAndGetIncludesHead(string method, bool matches) =>
        Assert.Equal(matches, Matches(new WhenOptions { Methods = ["GET", "PUT"] }, method: method));

    [Theory]
    [InlineData("HEAD", "HEAD", true)]
    [InlineData("HEAD", "GET", false)]
    [InlineData("POST", "HEAD", false)]
    public void IsMatch_MethodsWithoutGet_AreThoseThatAreThere(string listed, string method, bool matches) =>
        Assert.Equal(matches, Matches(new WhenOptions { Methods = [listed] }, method: method));

    [Theory]
    [InlineData("/p/a.php", "GET", "h", true)]
    [InlineData("/p/a.php", "HEAD", "h", true)]
    [InlineData("/q/a.php", "GET", "h", false)]
    [InlineData("/p/a.txt", "GET", "h", false)]
    [InlineData("/p/a.php", "PUT", "h", false)]
    [InlineData("/p/a.php", "GET", "i", false)]
    public void IsMatch_AllLists_MustMatch(string path, string method, string host, bool matches) =>
        Assert.Equal(matches, Matches(new WhenOptions { Path = ["/p/*"], Extensions = [".php"], Methods = ["GET"], Hosts = ["h"] }, path, method, host));

    private static bool Matches(WhenOptions when, string path = "/", string method = "GET", string host = "a") =>
        EntryCondition.Create(when)!.IsMatch(Mock.Of<IHttpRequest>(request => request.Path == path && request.Method == method && request.Host == host));
}
