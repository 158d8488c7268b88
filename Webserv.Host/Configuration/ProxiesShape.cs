using System.ComponentModel;
using Webserv.Host.Proxies;

namespace Webserv.Host.Configuration;

/// <summary>The proxies in front of the server as they are written; <see cref="ProxiesOptions"/> is what is made of it.</summary>
internal sealed class ProxiesShape
{
    [Description("Proxies whose forwarded fields are believed: addresses, networks (`10.0.0.0/8`, `2001:db8::/32`), `loopback`, `private` (RFC 1918 and fc00::/7) or `unix` (every peer of a unix-domain socket). With none, the fields are fields like any other.")]
    public IReadOnlyList<string> TrustedNetworks { get; set; } = [];

    [Description("The fields in which they tell of the client: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239). The other kind is never read.")]
    public ForwardedFields ForwardedFields { get; set; }

    [Description("Whether the forwarded host takes the place of the Host field in what scripts and plugins see. Only for proxies that always write it: many hand on what a client sent. The virtual server is chosen by the Host field in any case.")]
    public bool ForwardedHost { get; set; }

    [Description("The PROXY protocol, version 1 and 2.")]
    public ProxyProtocolShape ProxyProtocol { get; set; } = new();
}
