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
        var byEndpoint = new Dictionary<ListenEndpoint, List<VirtualServer>>();
        foreach (var server in servers)
        {
            foreach (var endpoint in server.Endpoints)
            {
                if (!byEndpoint.TryGetValue(endpoint, out var there))
                {
                    byEndpoint.Add(endpoint, there = []);
                }

                there.Add(server);
            }
        }

        _endpoints = byEndpoint.ToDictionary(pair => pair.Key, pair => new EndpointServers(pair.Value));
    }

    /// <summary>All servers, in the order of the configuration.</summary>
    public IReadOnlyList<VirtualServer> Servers { get; }

    /// <summary>All endpoints, each once, in the order of the configuration.</summary>
    public IEnumerable<ListenEndpoint> Endpoints => _endpoints.Keys;

    /// <summary>The servers of an endpoint, or <see langword="null"/> where it has none: a connection may outlive its endpoint.</summary>
    public EndpointServers? FindEndpoint(ListenEndpoint endpoint) => _endpoints.GetValueOrDefault(endpoint);
}
