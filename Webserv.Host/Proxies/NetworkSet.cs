using System.Net;

namespace Webserv.Host.Proxies;

/// <summary>Who is meant by a list of networks. Looked through one by one: these lists are short.</summary>
/// <param name="networks">The networks.</param>
/// <param name="includesUnix">Whether peers over unix-domain sockets, which have no address, are meant as well.</param>
internal sealed class NetworkSet(IReadOnlyList<Network> networks, bool includesUnix)
{
    /// <summary>Nobody.</summary>
    public static readonly NetworkSet None = new([], false);

    private readonly Network[] _networks = [.. networks];

    /// <summary>Whether nobody is meant.</summary>
    public bool IsEmpty => _networks.Length == 0 && !includesUnix;

    /// <summary>Whether a peer is meant.</summary>
    /// <param name="address">Its address; <see langword="null"/> for one over a unix-domain socket. IPv4 is never in IPv6 form here.</param>
    public bool Contains(IPAddress? address)
    {
        if (address is null)
        {
            return includesUnix;
        }

        foreach (ref readonly var network in _networks.AsSpan())
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }
}
