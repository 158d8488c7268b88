namespace Webserv.Host.Proxies;

/// <summary>The proxies in front of the server, read and checked.</summary>
internal sealed class ProxiesOptions
{
    /// <summary>Whose forwarded fields are believed.</summary>
    public NetworkSet TrustedNetworks { get; init; } = NetworkSet.None;

    /// <summary>Which fields these are.</summary>
    public ForwardedFields ForwardedFields { get; init; }

    /// <summary>Whether the forwarded host takes the place of the one in the request.</summary>
    public bool ForwardedHost { get; init; }

    /// <summary>Where connections begin with a PROXY header; <see langword="null"/> for nowhere.</summary>
    public ProxyProtocolOptions? ProxyProtocol { get; init; }
}
