using Webserv.Host.Pipeline;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Http1;

/// <summary>Where the requests of a connection go in one generation.</summary>
internal sealed class ConnectionRoute(PipelineGeneration generation, IConnection connection)
{
    /// <summary>The generation.</summary>
    public PipelineGeneration Generation => generation;

    /// <summary>The virtual servers of the connection's endpoint; <see langword="null"/> where it has none any more.</summary>
    public EndpointServers? Servers { get; } = generation.Servers.FindEndpoint(connection.Listener.Endpoint);

    /// <summary>What forwarded fields say counts by this; <see langword="null"/> where the peer is no trusted proxy.</summary>
    public ForwardedPolicy? Forwarding { get; } = generation.Forwarding is { } policy && policy.Trusts(connection) ? policy : null;
}
