using System.Globalization;
using System.Net;
using System.Text;

namespace Webserv.Host.Proxies;

/// <summary>
/// Reads the header of the PROXY protocol (version 1 and 2; HAProxy's proxy-protocol.txt). It is parsed anew with every piece
/// that comes: it is short, and nearly always whole.
/// </summary>
internal static class ProxyHeaderParser
{
    /// <summary>The longest header of version 1, with its CRLF (section 2.1).</summary>
    public const int MaxTextLength = 107;

    private static readonly byte[] TextStart = [.. "PROXY "u8];

    /// <summary>Reads a header from the beginning of a connection.</summary>
    /// <param name="bytes">What has come so far.</param>
    /// <param name="header">The header, where it is whole and right.</param>
    /// <param name="problem">What is wrong, where it is known to be wrong.</param>
    /// <returns>
    /// How many bytes are needed before it is worth asking again; 0 where the header, or that it is wrong, is known.
    /// </returns>
    public static int Parse(ReadOnlySpan<byte> bytes, out ProxyHeader? header, out string? problem)
    {
        header = null;
        problem = null;
        if (bytes.IsEmpty)
        {
            return 1;
        }

        if (bytes[0] == ProxyHeaderBlock.Signature[0])
        {
            return ProxyHeaderBlock.Parse(bytes, out header, out problem);
        }

        var start = Math.Min(bytes.Length, TextStart.Length);
        if (!bytes[..start].SequenceEqual(TextStart.AsSpan(0, start)))
        {
            problem = "it does not begin with one";
            return 0;
        }

        var line = bytes[..Math.Min(bytes.Length, MaxTextLength)];
        var end = line.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0 || (line[end] == '\r' && end + 1 == line.Length))
        {
            problem = line.Length == MaxTextLength ? "the line is longer than 107 bytes" : null;
            return problem is null ? bytes.Length + 1 : 0;
        }

        if (line[end] != '\r' || line[end + 1] != '\n')
        {
            problem = "the line does not end with CRLF";
            return 0;
        }

        header = ParseLine(line[TextStart.Length..end], end + 2);
        problem = header is null ? "the line is malformed" : null;
        return 0;
    }

    private static ProxyHeader? ParseLine(ReadOnlySpan<byte> octets, int length)
    {
        // "… must ignore anything presented before the CRLF" behind UNKNOWN (section 2.1).
        if (octets.SequenceEqual("UNKNOWN"u8) || octets.StartsWith("UNKNOWN "u8))
        {
            return new ProxyHeader(length, ProxyHeaderKind.Unknown);
        }

        Span<char> text = stackalloc char[MaxTextLength];
        text = text[..Encoding.Latin1.GetChars(octets, text)];
        Span<Range> words = stackalloc Range[6];
        if (((ReadOnlySpan<char>)text).Split(words, ' ') != 5)
        {
            return null;
        }

        var isInet6 = text[words[0]].SequenceEqual("TCP6");
        return (isInet6 || text[words[0]].SequenceEqual("TCP4"))
            && ParseEndPoint(isInet6, text[words[1]], text[words[3]]) is { } source
            && ParseEndPoint(isInet6, text[words[2]], text[words[4]]) is { } destination
            ? new ProxyHeader(length, ProxyHeaderKind.Client, source, destination)
            : null;
    }

    private static IPEndPoint? ParseEndPoint(bool isInet6, ReadOnlySpan<char> address, ReadOnlySpan<char> port)
    {
        // "Heading zeroes are not permitted in front of numbers" (section 2.1).
        if (port.Length is 0 or > 5 || (port.Length > 1 && port[0] == '0')
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        var parsed = isInet6 ? InternetAddress.ParseInet6(address) : InternetAddress.ParseInet(address);
        return parsed is null ? null : new IPEndPoint(parsed, number);
    }
}
