using Webserv.Host.Transport;

namespace Webserv.Host.Pipeline;

/// <summary>Endpoint and Host → virtual server.</summary>
internal sealed class VirtualServerTable
{
    private readonly Dictionary<ListenEndpoint, EndpointServers> _endpoints;

    /// <summary>Makes the table.</summary>
    /// <param name="servers">The servers with their endpoints, in the order of the configuration.</param>
    public VirtualServerTable(IReadOnlyList<VirtualServer> servers)
    {
        Servers = servers;
        _endpoints = servers
            .SelectMany(server => server.Endpoints, (server, endpoint) => (server, endpoint))
            .GroupBy(pair => pair.endpoint, pair => pair.server)
            .ToDictionary(group => group.Key, group => new EndpointServers([.. group]));
    }

    /// <summary>All servers, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualServer> Servers { get; }

    /// <summary>All endpoints, each once, in the order of the configuration.</summary>
    public IEnumerable<ListenEndpoint> Endpoints => _endpoints.Keys;

    /// <summary>The servers of an endpoint, or <see langword="null"/> where it has none: a connection may outlive its endpoint.</summary>
    public EndpointServers? FindEndpoint(ListenEndpoint endpoint) => _endpoints.GetValueOrDefault(endpoint);
}
