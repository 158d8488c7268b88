namespace Webserv.Host.Pipeline;

/// <summary>
/// The virtual servers of one endpoint. A host is looked up as an exact name, then as the longest <c>*.suffix</c>, then as the
/// longest <c>prefix.*</c>; what matches nothing goes to the server that was declared first.
/// </summary>
internal sealed class EndpointServers
{
    private readonly Dictionary<string, VirtualServer> _exact = new(StringComparer.Ordinal);
    private readonly (HostPattern Pattern, VirtualServer Server)[] _patterns;

    /// <summary>Makes the table of an endpoint.</summary>
    /// <param name="servers">At least one, in the order of the configuration.</param>
    public EndpointServers(IReadOnlyList<VirtualServer> servers)
    {
        Default = servers[0];
        var patterns = new List<(HostPattern Pattern, VirtualServer Server)>();
        foreach (var server in servers)
        {
            foreach (var name in server.HostNames)
            {
                var pattern = new HostPattern(name);
                if (pattern.IsSuffix || pattern.IsPrefix)
                {
                    patterns.Add((pattern, server));
                }
                else
                {
                    _exact.TryAdd(name, server);
                }
            }
        }

        _patterns = patterns.Count == 0 ? [] : [.. patterns.OrderByDescending(entry => entry.Pattern.IsSuffix).ThenByDescending(entry => entry.Pattern.Pattern.Length)];
    }

    /// <summary>The server for hosts that match nothing.</summary>
    public VirtualServer Default { get; }

    /// <summary>Finds the server for a host.</summary>
    /// <param name="name">In lower case, without port; may be empty.</param>
    public VirtualServer Find(string name)
    {
        if (_exact.TryGetValue(name, out var server))
        {
            return server;
        }

        foreach (var (pattern, candidate) in _patterns)
        {
            if (pattern.IsMatch(name))
            {
                return candidate;
            }
        }

        return Default;
    }
}
