using Webserv.Host.Proxies;

namespace Webserv.Host.Configuration;

/// <summary>Reads lists of networks.</summary>
internal static class NetworkReader
{
    private const string Unix = "unix";

    // RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3; RFC 1918, RFC 4193.
    private static readonly Dictionary<string, string[]> Named = new(StringComparer.OrdinalIgnoreCase)
    {
        ["loopback"] = ["127.0.0.0/8", "::1"],
        ["private"] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"],
        [Unix] = [],
    };

    /// <summary>Reads a list; what is wrong is reported and left out.</summary>
    /// <param name="list">As it is written.</param>
    /// <param name="path">Where it stands.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static NetworkSet Read(IReadOnlyList<string> list, string path, ConfigurationErrors errors)
    {
        var networks = new List<Network>();
        var includesUnix = false;
        for (var i = 0; i < list.Count; i++)
        {
            var text = list[i];
            string? problem = null;
            var found = new List<Network>();
            if (Named.TryGetValue(text, out var meant))
            {
                found.AddRange(meant.Select(range => Network.Parse(range, out var network) is null
                    ? network : throw new InvalidOperationException($"{range} is no network")));
                problem = meant.Length == 0 && includesUnix ? Twice(text) : null;
                includesUnix |= meant.Length == 0;
            }
            else
            {
                problem = Network.Parse(text, out var network);
                if (problem is not null && NearestName.Find(text, Named.Keys) is { } near)
                {
                    problem = $"'{text}' is no address and no network; did you mean '{near}'?";
                }

                found.Add(network);
            }

            problem ??= networks.Intersect(found).Any() ? Twice(text) : null;
            if (problem is null)
            {
                networks.AddRange(found);
            }
            else
            {
                errors.Add(ItemPath.Of(path, i, errors), problem);
            }
        }

        return new NetworkSet(networks, includesUnix);
    }

    private static string Twice(string text) => $"the network {text} is here twice";
}
