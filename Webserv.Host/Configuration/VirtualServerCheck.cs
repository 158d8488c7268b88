using Microsoft.Extensions.Configuration;
using Webserv.Host.Transport;

namespace Webserv.Host.Configuration;

/// <summary>Checks what virtual servers must not have in common.</summary>
internal static class VirtualServerCheck
{
    /// <summary>Reports names, and host names on one endpoint, that several virtual servers claim.</summary>
    public static void Check(IReadOnlyList<VirtualServerOptions> servers, ConfigurationErrors errors)
    {
        var names = new Dictionary<string, VirtualServerOptions>(StringComparer.OrdinalIgnoreCase);
        var hosts = new Dictionary<(ListenEndpoint, string), VirtualServerOptions>();
        var defaults = new Dictionary<ListenEndpoint, VirtualServerOptions>();
        foreach (var server in servers)
        {
            if (!names.TryAdd(server.Name, server))
            {
                errors.Add(
                    ConfigurationPath.Combine(server.ConfigurationPath, nameof(server.Name)),
                    $"the name '{server.Name}' is taken by {Place(names[server.Name], errors)}");
            }

            foreach (var endpoint in server.Listen)
            {
                CheckEndpoint(server, endpoint, hosts, defaults, errors);
            }
        }
    }

    private static void CheckEndpoint(
        VirtualServerOptions server,
        ListenEndpoint endpoint,
        Dictionary<(ListenEndpoint, string), VirtualServerOptions> hosts,
        Dictionary<ListenEndpoint, VirtualServerOptions> defaults,
        ConfigurationErrors errors)
    {
        var path = ConfigurationPath.Combine(server.ConfigurationPath, nameof(server.HostNames));
        if (!defaults.TryAdd(endpoint, server) && server.HostNames.Count == 0 && !errors.HasErrorBelow(path))
        {
            errors.Add(path, $"'{server.Name}' can never be reached on {endpoint}: the default there is '{defaults[endpoint].Name}' ({Place(defaults[endpoint], errors)}); give it host names or an endpoint of its own");
        }

        for (var i = 0; i < server.HostNames.Count; i++)
        {
            var name = server.HostNames[i];
            if (!hosts.TryAdd((endpoint, name), server))
            {
                var other = hosts[(endpoint, name)];
                errors.Add(path, $"the host name {name} on {endpoint} belongs to both '{other.Name}' ({Place(other, errors)}) and '{server.Name}'");
            }
        }
    }

    private static string Place(VirtualServerOptions server, ConfigurationErrors errors) =>
        $"{server.ConfigurationPath} on line {errors.LineOf(server.ConfigurationPath).ToString(System.Globalization.CultureInfo.InvariantCulture)}";
}
