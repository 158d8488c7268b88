using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Webserv.Host.Proxies;
using Webserv.Host.Transport;

namespace Webserv.Host.Configuration;

/// <summary>Reads and checks what is said about proxies.</summary>
/// <param name="directory">What relative paths are relative to.</param>
/// <param name="errors">Gets what is wrong.</param>
internal sealed class ProxiesReader(string directory, ConfigurationErrors errors)
{
    /// <summary>Reads it; what is wrong is left out.</summary>
    /// <param name="shape">As it is written.</param>
    /// <param name="servers">Whose endpoints there are.</param>
    /// <param name="path">Where it stands.</param>
    public ProxiesOptions Read(ProxiesShape shape, IReadOnlyList<VirtualServerOptions> servers, string path) => new()
    {
        TrustedNetworks = NetworkReader.Read(shape.TrustedNetworks, ConfigurationPath.Combine(path, nameof(shape.TrustedNetworks)), errors),
        ForwardedFields = shape.ForwardedFields,
        ForwardedHost = shape.ForwardedHost,
        ProxyProtocol = ReadProtocol(shape.ProxyProtocol, servers, ConfigurationPath.Combine(path, nameof(shape.ProxyProtocol))),
    };

    private ProxyProtocolOptions? ReadProtocol(ProxyProtocolShape shape, IReadOnlyList<VirtualServerOptions> servers, string path)
    {
        AllowedRange.Check(shape, path, errors);
        var networksPath = ConfigurationPath.Combine(path, nameof(shape.Networks));
        var endpointsPath = ConfigurationPath.Combine(path, nameof(shape.Endpoints));
        var networks = NetworkReader.Read(shape.Networks, networksPath, errors);
        var endpoints = ReadEndpoints(shape.Endpoints, servers, endpointsPath);
        if (shape.Endpoints.Count > 0 && shape.Networks.Count == 0 && !errors.HasErrorBelow(networksPath))
        {
            errors.Add(networksPath, "the addresses of the proxies are needed, for example \"10.0.0.5\"; connections from elsewhere are closed");
        }
        else if (shape.Networks.Count > 0 && shape.Endpoints.Count == 0 && !errors.HasErrorBelow(endpointsPath))
        {
            errors.Add(endpointsPath, "at least one endpoint is needed, for example \"http://127.0.0.1:8080\"; without one the networks mean nothing");
        }

        return endpoints.Count == 0 ? null : new ProxyProtocolOptions(endpoints.ToFrozenSet(), networks, shape.HeaderTimeout);
    }

    private HashSet<ListenEndpoint> ReadEndpoints(IReadOnlyList<string> list, IReadOnlyList<VirtualServerOptions> servers, string path)
    {
        var there = servers.SelectMany(server => server.Listen).ToHashSet();
        var endpoints = new HashSet<ListenEndpoint>();
        for (var i = 0; i < list.Count; i++)
        {
            var item = ItemPath.Of(path, i, errors);
            if (list[i].Contains('\0', StringComparison.Ordinal))
            {
                errors.Add(item, "an endpoint cannot hold a NUL character");
            }
            else if (!ListenEndpoint.TryParse(list[i], directory, out var endpoint, out var problem))
            {
                errors.Add(item, problem);
            }
            else if (!there.Contains(endpoint))
            {
                var hint = NearestName.Hint(endpoint.ToString(), [.. there.Select(candidate => candidate.ToString())]);
                errors.Add(item, $"no virtual server listens on {endpoint}{hint}");
            }
            else if (!endpoints.Add(endpoint))
            {
                errors.Add(item, $"the endpoint {endpoint} is here twice");
            }
        }

        return endpoints;
    }
}
