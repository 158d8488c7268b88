using System.Buffers;
using System.Net;

namespace Webserv.Host.Proxies;

/// <summary>
/// Reads addresses as strangers write them. <see cref="IPAddress.TryParse(ReadOnlySpan{char}, out IPAddress)"/> takes more than
/// one wants from those: <c>1</c>, <c>0x7f.1</c>, <c>010.0.0.1</c> (octal), zones, ports behind brackets.
/// </summary>
internal static class InternetAddress
{
    // ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255
    private const int MaxLength = 45;

    private static readonly SearchValues<char> Inet6 = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Reads an IPv4 or IPv6 address; IPv4 in IPv6 comes out as IPv4.</summary>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static IPAddress? Parse(ReadOnlySpan<char> text) => text.Contains(':') ? ParseInet6(text) : ParseInet(text);

    /// <summary>Reads <c>d.d.d.d</c>, each 0 to 255 without leading zeros (RFC 3986 section 3.2.2, IPv4address).</summary>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static IPAddress? ParseInet(ReadOnlySpan<char> text)
    {
        Span<byte> octets = stackalloc byte[4];
        var at = 0;
        for (var i = 0; i < 4; i++)
        {
            if (i > 0 && (at == text.Length || text[at++] != '.'))
            {
                return null;
            }

            var start = at;
            var value = 0;
            while (at < text.Length && at - start < 3 && char.IsAsciiDigit(text[at]))
            {
                value = (value * 10) + text[at++] - '0';
            }

            if (at == start || value > 255 || (at - start > 1 && text[start] == '0'))
            {
                return null;
            }

            octets[i] = (byte)value;
        }

        return at == text.Length ? new IPAddress(octets) : null;
    }

    /// <summary>Reads an IPv6 address without brackets and zone (RFC 3986 section 3.2.2); IPv4 in IPv6 comes out as IPv4.</summary>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static IPAddress? ParseInet6(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength || text.ContainsAnyExcept(Inet6) || !text.Contains(':')
            || (text.Contains('.') && ParseInet(text[(text.LastIndexOf(':') + 1)..]) is null)
            || !IPAddress.TryParse(text, out var address))
        {
            return null;
        }

        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
