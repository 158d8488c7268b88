using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Webserv.Host.Proxies;

/// <summary>Reads the header of version 2 of the PROXY protocol (section 2.2 of proxy-protocol.txt).</summary>
internal static class ProxyHeaderBlock
{
    /// <summary>The most bytes behind the fixed part. Addresses and what proxies add to them take some hundred.</summary>
    public const int MaxLength = 4096;

    private const int FixedLength = 16;
    private const int InetLength = 12;
    private const int Inet6Length = 36;
    private const int UnixLength = 216;
    private const byte TypeCrc32C = 0x03;
    private const byte TypeTls = 0x20;
    private const int CrcLength = 4;
    private const byte ClientTls = 0x01;

    /// <summary>What it begins with.</summary>
    public static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <inheritdoc cref="ProxyHeaderParser.Parse"/>
    public static int Parse(ReadOnlySpan<byte> bytes, out ProxyHeader? header, out string? problem)
    {
        header = null;
        problem = null;
        var start = Math.Min(bytes.Length, Signature.Length);
        if (!bytes[..start].SequenceEqual(Signature[..start]))
        {
            problem = "it does not begin with one";
            return 0;
        }

        // What cannot become right is not waited for.
        if (bytes.Length > 12 && (problem = CheckCommand(bytes[12])) is not null)
        {
            return 0;
        }

        if (bytes.Length < FixedLength)
        {
            return FixedLength;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[14..]);
        if (length > MaxLength)
        {
            problem = "it is longer than 4 KiB";
            return 0;
        }

        length += FixedLength;
        if (bytes.Length < length)
        {
            return length;
        }

        problem = ParseBlock(bytes[..length], out header);
        return 0;
    }

    private static string? CheckCommand(byte value) =>
        value >> 4 != 2 ? "its version is neither 1 nor 2" : (value & 0xF) > 1 ? "its command is neither LOCAL nor PROXY" : null;

    private static string? ParseBlock(ReadOnlySpan<byte> block, out ProxyHeader? header)
    {
        header = null;
        if ((block[12] & 0xF) == 0)
        {
            // "… must discard the protocol block including the family which is ignored."
            header = new ProxyHeader(block.Length, ProxyHeaderKind.Local);
            return null;
        }

        int family = block[13] >> 4, protocol = block[13] & 0xF;
        if (family > 3 || protocol > 2)
        {
            return "its address family or protocol is unknown";
        }

        var body = block[FixedLength..];
        if (family == 0 || protocol == 0)
        {
            header = new ProxyHeader(block.Length, ProxyHeaderKind.Unknown);
            return null;
        }

        var addresses = family switch { 1 => InetLength, 2 => Inet6Length, _ => UnixLength };
        if (body.Length < addresses)
        {
            return "it is too short for its addresses";
        }

        if (ParseExtensions(block, FixedLength + addresses, out var isTls) is { } problem)
        {
            return problem;
        }

        // Nobody connects with datagrams to a stream: as good as no address.
        header = family == 3 || protocol != 1
            ? new ProxyHeader(block.Length, ProxyHeaderKind.Unknown, IsTls: isTls)
            : new ProxyHeader(block.Length, ProxyHeaderKind.Client, ReadEndPoint(body, addresses, 0), ReadEndPoint(body, addresses, 1), isTls);
        return null;
    }

    private static IPEndPoint ReadEndPoint(ReadOnlySpan<byte> body, int addresses, int index)
    {
        var size = (addresses - 4) / 2;
        var address = new IPAddress(body.Slice(index * size, size));
        return new IPEndPoint(
            address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address,
            BinaryPrimitives.ReadUInt16BigEndian(body[((2 * size) + (2 * index))..]));
    }

    /// <summary>Goes through the type-length-value vectors behind the addresses (section 2.2.7); those of no use here are passed over.</summary>
    private static string? ParseExtensions(ReadOnlySpan<byte> block, int at, out bool isTls)
    {
        isTls = false;
        var checksum = -1;
        while (at < block.Length)
        {
            if (block.Length - at < 3)
            {
                return "an extension is cut short";
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(block[(at + 1)..]);
            var value = at + 3;
            if (block.Length - value < length)
            {
                return "an extension is longer than the header";
            }

            switch (block[at])
            {
                case TypeCrc32C when length != CrcLength || checksum >= 0:
                    return "its checksum is malformed";
                case TypeCrc32C:
                    checksum = value;
                    break;
                case TypeTls when length < 5:
                    return "its TLS extension is malformed";
                case TypeTls:
                    isTls |= (block[value] & ClientTls) != 0;
                    break;
            }

            at = value + length;
        }

        return checksum >= 0 && BinaryPrimitives.ReadUInt32BigEndian(block[checksum..]) != Checksum(block, checksum) ? "its checksum is wrong" : null;
    }

    /// <summary>CRC-32C of the header with zeros in place of the checksum (section 2.2.3).</summary>
    private static uint Checksum(ReadOnlySpan<byte> block, int checksum)
    {
        var crc = uint.MaxValue;
        for (var i = 0; i < block.Length; i++)
        {
            crc = BitOperations.Crc32C(crc, i >= checksum && i < checksum + CrcLength ? (byte)0 : block[i]);
        }

        return ~crc;
    }
}
