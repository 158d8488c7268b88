using System.Net;
using Webserv.Host.Proxies;

namespace Webserv.Host.Tests.Proxies;

public sealed class NetworkTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1/32", "192.0.2.1", true)]
    [InlineData("192.0.2.0/31", "192.0.2.1", true)]
    [InlineData("192.0.2.0/31", "192.0.2.2", false)]
    [InlineData("10.0.0.0/8", "10.255.255.255", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "9.255.255.255", false)]
    [InlineData("172.16.0.0/12", "172.31.255.255", true)]
    [InlineData("172.16.0.0/12", "172.32.0.0", false)]
    [InlineData("128.0.0.0/1", "255.255.255.255", true)]
    [InlineData("128.0.0.0/1", "127.255.255.255", false)]
    [InlineData("0.0.0.0/0", "203.0.113.9", true)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "2001:db8::1", true)]
    [InlineData("::/0", "203.0.113.9", false)]
    [InlineData("::1", "::1", true)]
    [InlineData("::1", "0.0.0.1", false)]
    [InlineData("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8::/32", "2001:db9::", false)]
    [InlineData("2001:db8::/127", "2001:db8::1", true)]
    [InlineData("2001:db8::/127", "2001:db8::2", false)]
    [InlineData("8000::/1", "ffff::", true)]
    [InlineData("fc00::/7", "fd12::1", true)]
    [InlineData("fc00::/7", "fe80::1", false)]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1", true)]
    public void Contains_Address_IsDecided(string text, string address, bool expected)
    {
        Assert.Null(Network.Parse(text, out var network));
        Assert.Equal(expected, network.Contains(IPAddress.Parse(address)));
    }

    [Theory]
    [InlineData("", "'' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("example.com", "'example.com' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("10/8", "'10/8' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("10.0.0.0/", "'10.0.0.0/' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("10.0.0.0/33", "'10.0.0.0/33' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("10.0.0.0/-1", "'10.0.0.0/-1' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("10.0.0.0/ 8", "'10.0.0.0/ 8' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("10.0.0.0/255.0.0.0", "'10.0.0.0/255.0.0.0' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("10.0.0.0/8/8", "'10.0.0.0/8/8' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("::/129", "'::/129' is no network; the prefix length of an IPv6 network is 0 to 128")]
    [InlineData("10.1.2.3/8", "'10.1.2.3/8' has bits behind its prefix length; did you mean '10.0.0.0/8'?")]
    [InlineData("0.0.0.1/0", "'0.0.0.1/0' has bits behind its prefix length; did you mean '0.0.0.0/0'?")]
    [InlineData("2001:db8::1/32", "'2001:db8::1/32' has bits behind its prefix length; did you mean '2001:db8::/32'?")]
    [InlineData("::ffff:10.0.0.0/104", "'::ffff:10.0.0.0/104' is an IPv4 network in IPv6 form; write it with 10.0.0.0")]
    public void Parse_Malformed_SaysWhatIsWrong(string text, string expected) => Assert.Equal(expected, Network.Parse(text, out _));
}
