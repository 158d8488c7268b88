using System.Buffers.Binary;
using System.Net;

namespace Webserv.Host.Tests.Proxies;

/// <summary>Makes headers of version 2 of the PROXY protocol, right and wrong.</summary>
internal static class ProxyHeaderBuilder
{
    public static readonly byte[] Signature = [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>A header of its parts.</summary>
    /// <param name="command">Version and command.</param>
    /// <param name="family">Address family and protocol.</param>
    /// <param name="body">Addresses and extensions.</param>
    /// <param name="length">The length that is written; that of the body unless it is given.</param>
    public static byte[] Make(int command, int family, byte[] body, int? length = null)
    {
        var field = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)(length ?? body.Length));
        return [.. Signature, (byte)command, (byte)family, .. field, .. body];
    }

    /// <summary>A client over TCP, with extensions.</summary>
    public static byte[] Client(string source, int sourcePort, string destination, int destinationPort, params byte[] extensions)
    {
        var from = IPAddress.Parse(source).GetAddressBytes();
        var family = from.Length == 4 ? 0x11 : 0x21;
        return Make(0x21, family, [.. from, .. IPAddress.Parse(destination).GetAddressBytes(), .. Port(sourcePort), .. Port(destinationPort), .. extensions]);
    }

    /// <summary>A type-length-value vector.</summary>
    public static byte[] Extension(byte type, params byte[] value) => [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>A header with a checksum as its last extension, computed bit by bit (RFC 9260 appendix A, CRC-32C).</summary>
    public static byte[] WithChecksum(byte[] header, uint change = 0)
    {
        byte[] result = [.. header, .. Extension(0x03, 0, 0, 0, 0)];
        BinaryPrimitives.WriteUInt16BigEndian(result.AsSpan(14), (ushort)(result.Length - 16));
        var crc = uint.MaxValue;
        foreach (var octet in result)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * 0x82F63B78);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(result.AsSpan(result.Length - 4), ~crc ^ change);
        return result;
    }

    private static byte[] Port(int port) => [(byte)(port >> 8), (byte)port];
}
