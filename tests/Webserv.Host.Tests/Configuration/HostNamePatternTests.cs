using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class HostNamePatternTests
{
    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("*.example.com", "*.example.com")]
    [InlineData("www.*", "www.*")]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("[2001:DB8:0::1]", "[2001:db8::1]")]
    [InlineData("::1", "[::1]")]
    [InlineData("a_b.example", "a_b.example")]
    public void Normalize_HostName_HasOneForm(string text, string expected)
    {
        Assert.Null(HostNamePattern.Normalize(text, out var name));
        Assert.Equal(expected, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("*.*")]
    [InlineData("*.a.*")]
    [InlineData("w*.a")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("-a.b")]
    [InlineData("a/b")]
    [InlineData("a:80")]
    [InlineData("[::1]:80")]
    [InlineData("[[::1]]")]
    [InlineData("::%2")]
    [InlineData("[fe80::1%eth0]")]
    public void Normalize_NoHostName_IsRefused(string text)
    {
        Assert.NotNull(HostNamePattern.Normalize(text, out var name));
        Assert.Null(name);
    }
}
