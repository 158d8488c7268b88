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
    public static readonly SearchValues<byte> Target = SearchValues.Create([.. Visible().Where(octet => octet != '#')]);

    /// <summary>Control characters that no field value may hold (RFC 9110 section 5.5).</summary>
    public static readonly SearchValues<byte> ForbiddenInValue =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Where(octet => octet != '\t').Append(0x7F).Select(octet => (byte)octet)]);

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

    private static IEnumerable<byte> Visible() => Enumerable.Range(0x21, 0x7F - 0x21).Select(octet => (byte)octet);
}
