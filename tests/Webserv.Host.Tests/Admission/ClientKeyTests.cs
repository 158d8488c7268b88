using System.Net;
using Webserv.Host.Admission;

namespace Webserv.Host.Tests.Admission;

/// <summary>Who is the same client.</summary>
public sealed class ClientKeyTests
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::2%2", true)]
    [InlineData("::1", "0.0.0.1", false)]
    [InlineData("0.0.0.0", "::", false)]
    public void Of_TwoAddresses_AreOneClientOrTwo(string one, string other, bool same)
    {
        Assert.Equal(same, ClientKey.Of(IPAddress.Parse(one)) == ClientKey.Of(IPAddress.Parse(other)));
    }
}
