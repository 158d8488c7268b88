using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Host.Configuration;
using Webserv.Host.Pipeline;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline;

public sealed class HostPatternTests
{
    [Theory]
    [InlineData("example.com", "example.com", true)]
    [InlineData("example.com", "www.example.com", false)]
    [InlineData("example.com", "", false)]
    [InlineData("*.example.com", "a.example.com", true)]
    [InlineData("*.example.com", "a.b.example.com", true)]
    [InlineData("*.example.com", "example.com", false)]
    [InlineData("*.example.com", ".example.com", false)]
    [InlineData("*.example.com", "aexample.com", false)]
    [InlineData("www.*", "www.a", true)]
    [InlineData("www.*", "www.a.b", true)]
    [InlineData("www.*", "www", false)]
    [InlineData("www.*", "www.", false)]
    [InlineData("www.*", "wwwa.b", false)]
    public void IsMatch_Name_IsAsInTheTable(string pattern, string name, bool matches) => Assert.Equal(matches, new HostPattern(pattern).IsMatch(name));

    [Theory]
    [InlineData("a.example.com", 1)]
    [InlineData("b.example.com", 2)]
    [InlineData("b.deep.example.com", 3)]
    [InlineData("a.else", 4)]
    [InlineData("a.b.else", 5)]
    [InlineData("else", 0)]
    [InlineData("", 0)]
    [InlineData("same", 6)]
    public void Find_Host_PrefersExactThenSuffixThenPrefixThenFirst(string host, int expected)
    {
        VirtualServer[] servers =
        [
            Server("0"), Server("1", "a.example.com"), Server("2", "*.example.com"), Server("3", "*.deep.example.com"),
            Server("4", "a.*"), Server("5", "a.b.*"), Server("6", "same"), Server("7", "same"),
        ];
        Assert.Same(servers[expected], new EndpointServers(servers).Find(host));
    }

    [Fact]
    public void FindEndpoint_Unknown_IsNull()
    {
        var table = new VirtualServerTable([Server("0"), Server("1")]);
        Assert.Equal([ServerSetup.Endpoint], table.Endpoints);
        Assert.Same(table.Servers[0], table.FindEndpoint(ServerSetup.Endpoint)!.Default);
        Assert.Null(table.FindEndpoint(ServerSetup.Endpoint with { Port = 1 }));
    }

    private static VirtualServer Server(string name, params string[] hosts)
    {
        var options = new VirtualServerOptions { ConfigurationPath = name, Name = name, Listen = [ServerSetup.Endpoint], HostNames = hosts };
        return new VirtualServer(
            options, null, (_, _) => Task.CompletedTask, new ErrorResponder(NullLogger.Instance), new VirtualServerLifetime(name, [], null, NullLogger.Instance));
    }
}
