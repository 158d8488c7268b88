using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Webserv.Host.Admission;

/// <summary>
/// What counts as one client: an IPv4 address, or the /64 prefix of an IPv6 address, because whoever has one address of it
/// has all of them.
/// </summary>
internal readonly record struct ClientKey
{
    // No connection comes from a multicast prefix (ff00::/8), so IPv4 addresses have room there.
    private const ulong Inet = 0xFFFF_FFFF_0000_0000;

    private readonly ulong _prefix;

    private ClientKey(ulong prefix) => _prefix = prefix;

    /// <summary>The client behind an address.</summary>
    public static ClientKey Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        var mapped = address.IsIPv4MappedToIPv6;
        address.TryWriteBytes(bytes, out _);
        return address.AddressFamily == AddressFamily.InterNetwork || mapped
            ? new ClientKey(Inet | BinaryPrimitives.ReadUInt32BigEndian(mapped ? bytes[12..] : bytes))
            : new ClientKey(BinaryPrimitives.ReadUInt64BigEndian(bytes));
    }

    /// <summary>Seeded by the process: nobody can choose addresses that fall into one bucket.</summary>
    public override int GetHashCode() => HashCode.Combine(_prefix);
}
