using System.Net;
using Webserv.Host.Configuration;
using Webserv.Host.Proxies;

namespace Webserv.Host.Tests.Configuration;

/// <summary>The section <c>Proxies</c>: what is made of it, and the exact errors.</summary>
public sealed class ProxiesTests : IDisposable
{
    private readonly ConfigurationFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Load_NoSection_TrustsNobody()
    {
        var options = Load("\"FileCache\": {}");
        Assert.True(options.TrustedNetworks.IsEmpty);
        Assert.Null(options.ProxyProtocol);
        Assert.Null(ForwardedPolicy.Of(options));
        Assert.Equal((ForwardedFields.XForwarded, false), (options.ForwardedFields, options.ForwardedHost));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("2001:db8::/32", "2001:db8::1", true)]
    [InlineData("loopback", "127.9.9.9", true)]
    [InlineData("Loopback", "::1", true)]
    [InlineData("loopback", "10.0.0.1", false)]
    [InlineData("private", "10.0.0.1", true)]
    [InlineData("private", "172.31.0.1", true)]
    [InlineData("private", "172.32.0.1", false)]
    [InlineData("private", "192.168.1.1", true)]
    [InlineData("private", "fd00::1", true)]
    [InlineData("private", "127.0.0.1", false)]
    [InlineData("private", null, false)]
    [InlineData("unix", null, true)]
    [InlineData("unix", "127.0.0.1", false)]
    public void Load_TrustedNetworks_MeanTheseAddresses(string network, string? address, bool expected) =>
        Assert.Equal(expected, Load($"\"Proxies\": {{ \"TrustedNetworks\": \"{network}\" }}").TrustedNetworks.Contains(address is null ? null : IPAddress.Parse(address)));

    [Fact]
    public void Load_WholeSection_IsRead()
    {
        var options = Load("""
            "Proxies": {
              "TrustedNetworks": ["10.0.0.0/8", "unix"], "ForwardedFields": "Forwarded", "ForwardedHost": true,
              "ProxyProtocol": { "Endpoints": ["http://127.0.0.1:81", "unix:w.sock"], "Networks": ["10.0.0.5"], "HeaderTimeout": "3s" } }
            """);
        Assert.Equal((ForwardedFields.Forwarded, true), (options.ForwardedFields, options.ForwardedHost));
        var protocol = options.ProxyProtocol!;
        Assert.Equal(2, protocol.Endpoints.Count);
        Assert.Equal(TimeSpan.FromSeconds(3), protocol.HeaderTimeout);
        Assert.True(protocol.Networks.Contains(IPAddress.Parse("10.0.0.5")));
        Assert.False(protocol.Networks.Contains(IPAddress.Parse("10.0.0.6")));
    }

    [Theory]
    [InlineData("\"TrustedNetworks\": [\"10.0.0.1\", \"10.0.0.1/8\"]", "TrustedNetworks:1: '10.0.0.1/8' has bits behind its prefix length; did you mean '10.0.0.0/8'?")]
    [InlineData("\"TrustedNetworks\": \"10.0.0.0/99\"", "TrustedNetworks: '10.0.0.0/99' is no network; the prefix length of an IPv4 network is 0 to 32")]
    [InlineData("\"TrustedNetworks\": [\"unxi\"]", "TrustedNetworks:0: 'unxi' is no address and no network; did you mean 'unix'?")]
    [InlineData("\"TrustedNetworks\": [\"localhost\"]", "TrustedNetworks:0: 'localhost' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("\"TrustedNetworks\": [\"::1\", \"::1/128\"]", "TrustedNetworks:1: the network ::1/128 is here twice")]
    [InlineData("\"TrustedNetworks\": [\"unix\", \"unix\"]", "TrustedNetworks:1: the network unix is here twice")]
    [InlineData("\"TrustedNetworks\": [\"private\", \"10.0.0.0/8\"]", "TrustedNetworks:1: the network 10.0.0.0/8 is here twice")]
    [InlineData("\"TrustedNetworks\": [5]", "TrustedNetworks:0: a string is expected here; write \"5\"")]
    [InlineData("\"TrustedNetwork\": []", "TrustedNetwork: unknown key; did you mean 'TrustedNetworks'?")]
    [InlineData("\"ForwardedFields\": \"XForward\"", "ForwardedFields: 'XForward' is not one of XForwarded, Forwarded; did you mean 'XForwarded'?")]
    [InlineData("\"ForwardedHost\": 1", "ForwardedHost: '1' is neither true nor false")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": [\"http://127.0.0.1:18\"], \"Networks\": \"::1\" }",
        "ProxyProtocol:Endpoints:0: no virtual server listens on http://127.0.0.1:18; did you mean 'http://127.0.0.1:81'?")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": \"127.0.0.1\", \"Networks\": \"::1\" }",
        "ProxyProtocol:Endpoints: '127.0.0.1' is no endpoint; write http://ADDRESS:PORT or unix:PATH")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": [\"http://*:80\", \"http://*:80/\"], \"Networks\": \"::1\" }",
        "ProxyProtocol:Endpoints:1: the endpoint http://*:80 is here twice")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": \"unix:a\\u0000\", \"Networks\": \"::1\" }", "ProxyProtocol:Endpoints: an endpoint cannot hold a NUL character")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": \"http://*:80\" }",
        "ProxyProtocol:Networks: the addresses of the proxies are needed, for example \"10.0.0.5\"; connections from elsewhere are closed")]
    [InlineData("\"ProxyProtocol\": { \"Networks\": \"::1\" }",
        "ProxyProtocol:Endpoints: at least one endpoint is needed, for example \"http://127.0.0.1:8080\"; without one the networks mean nothing")]
    [InlineData("\"ProxyProtocol\": { \"Endpoints\": \"http://*:80\", \"Networks\": \"0/0\" }",
        "ProxyProtocol:Networks: '0/0' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32")]
    [InlineData("\"ProxyProtocol\": { \"HeaderTimeout\": \"0s\" }", "ProxyProtocol:HeaderTimeout: must be 1ms to 10m")]
    [InlineData("\"ProxyProtocol\": true", "ProxyProtocol: an object { … } is expected here")]
    public void Load_BadSection_IsReportedWithLineAndPath(string setting, string expected) =>
        Assert.Equal(["f:3: Webserv:Proxies:" + expected], _folder.Errors(Json($"\"Proxies\": {{\n{setting} }}")));

    private static string Json(string section) =>
        $"{{ \"Webserv\": {{\n{section},\n\"VirtualServers\": [ {{ \"Listen\": [\"http://*:80\", \"http://127.0.0.1:81\", \"unix:w.sock\"] }} ] }} }}";

    private ProxiesOptions Load(string section)
    {
        var loaded = _folder.Load(Json(section));
        Assert.Empty(loaded.Errors);
        return loaded.Options!.Proxies;
    }
}
