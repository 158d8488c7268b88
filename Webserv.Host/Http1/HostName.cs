using System.Net;
using System.Net.Sockets;

namespace Webserv.Host.Http1;

/// <summary>The authority of a request, checked (RFC 9110 section 4.2.1 without userinfo).</summary>
/// <param name="Authority">As it was sent: host and, where given, port.</param>
/// <param name="Name">The host in the form in which names are compared: see <see cref="NameOf"/>.</param>
internal sealed record HostName(string Authority, string Name)
{
    /// <summary>What an HTTP/1.0 request without a Host field has.</summary>
    public static readonly HostName None = new("", "");

    /// <summary>The longest authority that there is.</summary>
    public const int MaxLength = 255;

    /// <summary>
    /// The host of an authority in the form in which names are compared: lower case, without port and without a trailing dot; an IPv6
    /// address in brackets and shortest form.
    /// </summary>
    /// <param name="authority">The authority.</param>
    /// <param name="buffer">Room for <see cref="MaxLength"/> characters.</param>
    /// <returns>The name, in the buffer; empty where the authority is too long.</returns>
    public static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> authority, Span<char> buffer)
    {
        if (authority.Length > MaxLength)
        {
            return [];
        }

        if (authority.StartsWith('['))
        {
            return NameOfAddress(authority[..(authority.IndexOf(']') + 1)], buffer);
        }

        var colon = authority.IndexOf(':');
        var length = (colon < 0 ? authority : authority[..colon]).ToLowerInvariant(buffer);
        return buffer[..(length > 1 && buffer[length - 1] == '.' ? length - 1 : length)];
    }

    private static ReadOnlySpan<char> NameOfAddress(ReadOnlySpan<char> literal, Span<char> buffer)
    {
        if (literal.Length < 2 || !IPAddress.TryParse(literal[1..^1], out var address) || address.AddressFamily != AddressFamily.InterNetworkV6
            || !address.TryFormat(buffer[1..], out var length))
        {
            return [];
        }

        buffer[0] = '[';
        buffer[length + 1] = ']';
        return buffer[..(length + 2)];
    }
}
