using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Webserv.Host.Proxies;

/// <summary>A range of addresses: an address and how many of its leading bits count (RFC 4632, RFC 4291 section 2.3).</summary>
internal readonly record struct Network
{
    private readonly UInt128 _bits;
    private readonly UInt128 _mask;
    private readonly bool _isInet6;

    private Network(IPAddress address, int prefix)
    {
        _isInet6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var width = _isInet6 ? 128 : 32;
        _mask = prefix == 0 ? UInt128.Zero : (UInt128.MaxValue << (width - prefix)) & (UInt128.MaxValue >> (128 - width));
        _bits = Bits(address) & _mask;
    }

    /// <summary>Reads <c>192.0.2.1</c>, <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>.</summary>
    /// <param name="text">As it stands in the configuration.</param>
    /// <param name="network">The network.</param>
    /// <returns>What is wrong with it, or <see langword="null"/>.</returns>
    public static string? Parse(string text, out Network network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var host = slash < 0 ? text : text[..slash];
        if (InternetAddress.Parse(host) is not { } address)
        {
            return $"'{text}' is no address and no network; write for example 192.0.2.1, 10.0.0.0/8 or 2001:db8::/32";
        }

        var isInet6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        var width = isInet6 ? 128 : 32;
        var prefix = width;
        if (slash >= 0)
        {
            if (!isInet6 && host.Contains(':', StringComparison.Ordinal))
            {
                return $"'{text}' is an IPv4 network in IPv6 form; write it with {address}";
            }

            if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix) || prefix > width)
            {
                return string.Create(CultureInfo.InvariantCulture, $"'{text}' is no network; the prefix length of an {(isInet6 ? "IPv6" : "IPv4")} network is 0 to {width}");
            }
        }

        network = new Network(address, prefix);
        return network._bits == Bits(address)
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"'{text}' has bits behind its prefix length; did you mean '{network.First}/{prefix}'?");
    }

    /// <summary>Whether an address lies in it.</summary>
    public bool Contains(IPAddress address) =>
        _isInet6 == (address.AddressFamily == AddressFamily.InterNetworkV6) && (Bits(address) & _mask) == _bits;

    private IPAddress First
    {
        get
        {
            Span<byte> octets = stackalloc byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(octets, _bits);
            return new IPAddress(_isInet6 ? octets : octets[12..]);
        }
    }

    private static UInt128 Bits(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        octets.Clear();
        address.TryWriteBytes(address.AddressFamily == AddressFamily.InterNetworkV6 ? octets : octets[12..], out _);
        return BinaryPrimitives.ReadUInt128BigEndian(octets);
    }
}
