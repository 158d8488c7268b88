using System.Buffers;
using System.Buffers.Binary;

namespace Webserv.Host.Http1;

/// <summary>Classes of octets, named as in the grammars.</summary>
internal static class Octets
{
    /// <summary>token characters (RFC 9110 section 5.6.2).</summary>
    public static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>token characters, as text.</summary>
    public static readonly SearchValues<char> TokenText =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>What may stand in a request-target: visible ASCII but the fragment sign (RFC 9112 section 3.2).</summary>
    public static readonly SearchValues<byte> Target = SearchValues.Create(Range(0x21, 0x7E, '#'));

    /// <summary>Control characters that no field value may hold (RFC 9110 section 5.5).</summary>
    public static readonly SearchValues<byte> ForbiddenInValue = SearchValues.Create([.. Range(0, 0x1F, '\t'), 0x7F]);

    /// <summary>What may stand in a host name, IPv6 literal or port; percent-encoding and sub-delimiters included (RFC 3986 section 3.2.2).</summary>
    public static readonly SearchValues<byte> Host =
        SearchValues.Create("!$%&'()*+,;=-._~:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>A quick hash for tables of bounded size, in which a collision costs an entry and nothing else (FNV-1a by words).</summary>
    public static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL ^ (uint)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9E3779B97F4A7C15UL;
            hash ^= hash >> 32;
            bytes = bytes[8..];
        }

        foreach (var octet in bytes)
        {
            hash = (hash ^ octet) * 1099511628211UL;
        }

        return (uint)(hash ^ (hash >> 32));
    }

    /// <summary>Octets from one to another, but for some.</summary>
    public static byte[] Range(byte first, byte last, params ReadOnlySpan<char> except)
    {
        var octets = new byte[last - first + 1];
        var count = 0;
        for (int octet = first; octet <= last; octet++)
        {
            if (!except.Contains((char)octet))
            {
                octets[count++] = (byte)octet;
            }
        }

        return octets[..count];
    }
}
