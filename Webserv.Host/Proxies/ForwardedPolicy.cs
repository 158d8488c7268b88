using System.Net;
using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;
using Webserv.Host.Transport;

namespace Webserv.Host.Proxies;

/// <summary>
/// Whose forwarded fields are believed, and what follows from them. The list of hops is walked from the nearest one: as long as
/// a hop is a trusted proxy, what it says of the hop before it is believed. The first that is not trusted is the client.
/// </summary>
/// <param name="trusted">The trusted proxies.</param>
/// <param name="fields">Which fields they write.</param>
/// <param name="takesHost">Whether the forwarded host counts.</param>
internal sealed class ForwardedPolicy(NetworkSet trusted, ForwardedFields fields, bool takesHost)
{
    /// <summary>The most elements that are looked at. Nobody has that many proxies.</summary>
    public const int MaxElements = 32;

    /// <summary>The policy of a configuration; <see langword="null"/> where nobody is trusted.</summary>
    public static ForwardedPolicy? Of(ProxiesOptions options) =>
        options.TrustedNetworks.IsEmpty ? null : new ForwardedPolicy(options.TrustedNetworks, options.ForwardedFields, options.ForwardedHost);

    /// <summary>Whether what comes on a connection is believed: its peer is a trusted proxy.</summary>
    public bool Trusts(IConnection connection) =>
        connection is not ProxiedConnection { IsClientUnknown: true } && trusted.Contains(connection.RemoteEndPoint?.Address);

    /// <summary>Finds out where a request comes from.</summary>
    /// <param name="request">The fields of a request that came from a trusted proxy.</param>
    /// <param name="peer">That proxy; <see langword="null"/> for one over a unix-domain socket.</param>
    /// <param name="hosts">Checks hosts as those of the Host field are checked.</param>
    public ForwardedOrigin Read(IHeaderCollection request, IPEndPoint? peer, HostNameCache hosts)
    {
        var walk = new Walk { Address = peer?.Address, Port = peer?.Port ?? 0 };
        string? scheme, host;
        if (fields == ForwardedFields.Forwarded)
        {
            ReadForwarded(request[Fields.Forwarded], ref walk, out scheme, out host);
        }
        else
        {
            ReadForwardedFor(request[Fields.XForwardedFor], ref walk);
            scheme = Pick(request[Fields.XForwardedProto], walk.Hops);
            host = takesHost ? Pick(request[Fields.XForwardedHost], walk.Hops) : null;
        }

        scheme = ToScheme(scheme);
        var name = takesHost ? ToHost(host, hosts) : null;
        return new ForwardedOrigin(walk.Address, walk.Port, scheme, name, walk.IsMoved || scheme is not null || name is not null);
    }

    private void ReadForwardedFor(StringValues lines, ref Walk walk)
    {
        var reader = new FieldListReader(lines, hasQuotes: false);
        for (var left = MaxElements; left > 0 && trusted.Contains(walk.Address) && reader.TryRead(out var text); left--)
        {
            if (!text.IsEmpty && !walk.TryStep(ForwardedNode.Parse(text, allowBareInet6: true)))
            {
                return;
            }
        }
    }

    private void ReadForwarded(StringValues lines, ref Walk walk, out string? scheme, out string? host)
    {
        (scheme, host) = (null, null);
        var reader = new FieldListReader(lines, hasQuotes: true);
        for (var left = MaxElements; left > 0 && trusted.Contains(walk.Address) && reader.TryRead(out var text); left--)
        {
            if (text.IsEmpty)
            {
                continue;
            }

            if (ForwardedElement.Parse(text) is not { } element)
            {
                return;
            }

            // Nearer to the client is better, where it is told.
            scheme = element.Proto ?? scheme;
            host = element.Host ?? host;
            if (!walk.TryStep(element.For))
            {
                return;
            }
        }
    }

    /// <summary>
    /// The element of another list that was written together with the last one of the addresses; of a shorter list, the first:
    /// many proxies hand on what the one before them wrote.
    /// </summary>
    private static string? Pick(StringValues lines, int hops)
    {
        string? picked = null;
        var reader = new FieldListReader(lines, hasQuotes: false);
        for (var left = Math.Max(hops, 1); left > 0 && reader.TryRead(out var text);)
        {
            if (!text.IsEmpty)
            {
                picked = text.ToString();
                left--;
            }
        }

        return picked;
    }

    private static string? ToScheme(string? text) =>
        string.Equals(text, "https", StringComparison.OrdinalIgnoreCase) ? "https"
        : string.Equals(text, "http", StringComparison.OrdinalIgnoreCase) ? "http"
        : null;

    private static HostName? ToHost(string? text, HostNameCache hosts) =>
        string.IsNullOrEmpty(text) || !Ascii.IsValid(text) ? null : hosts.Parse(Encoding.ASCII.GetBytes(text));

    /// <summary>How far the walk has come.</summary>
    private struct Walk
    {
        /// <summary>The hop that is reached.</summary>
        public IPAddress? Address;

        /// <summary>Its port.</summary>
        public int Port;

        /// <summary>The elements that were read.</summary>
        public int Hops;

        /// <summary>Whether it has left the peer.</summary>
        public bool IsMoved;

        /// <summary>Takes a hop; <see langword="false"/> where it cannot be told who that is, which ends the walk at the one before.</summary>
        public bool TryStep(ForwardedNode? node)
        {
            if (node is not { } hop)
            {
                return false;
            }

            Hops++;
            if (hop.Address is null)
            {
                return false;
            }

            (Address, Port, IsMoved) = (hop.Address, hop.Port, true);
            return true;
        }
    }
}
