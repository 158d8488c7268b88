using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

public sealed class HostNameCacheTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("example.com:80", "example.com")]
    [InlineData("example.com.:80", "example.com")]
    [InlineData("example.com:", "example.com")]
    [InlineData("example.com:0", "example.com")]
    [InlineData("example.com:65535", "example.com")]
    [InlineData("127.0.0.1:8080", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[::1]:80", "[::1]")]
    [InlineData("[2001:DB8::1]:80", "[2001:db8::1]")]
    [InlineData("[2001:DB8:0::1]", "[2001:db8::1]")]
    [InlineData("[2001:0db8:0:0:0:0:0:1]:80", "[2001:db8::1]")]
    [InlineData("[::FFFF:192.0.2.1]", "[::ffff:192.0.2.1]")]
    [InlineData("[::ffff:c000:201]", "[::ffff:192.0.2.1]")]
    [InlineData("[ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255]:65535", "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]")]
    [InlineData("a_b", "a_b")]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("a%20b", "a%20b")]
    [InlineData("0.0.0.0=5000", "0.0.0.0=5000")]
    [InlineData(".", ".")]
    public void Parse_Valid_GivesNameWithoutPort(string authority, string name)
    {
        var cache = new HostNameCache();
        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(new HostName(authority, name), cache.Parse(Encoding.Latin1.GetBytes(authority)));
        }
    }

    [Theory]
    [InlineData(":80")]
    [InlineData(":")]
    [InlineData("a:b")]
    [InlineData("a:65536")]
    [InlineData("a:99999")]
    [InlineData("a:000080")]
    [InlineData("a:-1")]
    [InlineData("a:80:80")]
    [InlineData("::1")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[a]")]
    [InlineData("[::1]a")]
    [InlineData("[::1]80")]
    [InlineData("[::1]:a")]
    [InlineData("a[::1]")]
    [InlineData("user@a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\\b")]
    [InlineData("a,b c")]
    [InlineData("a\tb")]
    [InlineData("\"a\"")]
    [InlineData("<a>")]
    [InlineData("bücher.example")]
    public void Parse_Malformed_IsNull(string authority) => Assert.Null(new HostNameCache().Parse(Encoding.Latin1.GetBytes(authority)));

    [Fact]
    public void Parse_TooLong_IsNull()
    {
        var cache = new HostNameCache();
        Assert.NotNull(cache.Parse(Encoding.ASCII.GetBytes(new string('a', 255))));
        Assert.Null(cache.Parse(Encoding.ASCII.GetBytes(new string('a', 256))));
    }

    [Fact]
    public void Parse_MoreNamesThanSlots_EachGetsItsOwn()
    {
        var cache = new HostNameCache();
        for (var index = 0; index < 2_000; index++)
        {
            Assert.Equal($"h{index}", cache.Parse(Encoding.ASCII.GetBytes($"H{index}:80"))!.Name);
        }
    }

    [Fact]
    public void Parse_SameName_IsTheSameInstance()
    {
        var cache = new HostNameCache();
        Assert.Same(cache.Parse("a:80"u8), cache.Parse("a:80"u8));
    }
}
