using System.Buffers;
using System.Globalization;
using System.Net;

namespace Webserv.Host.Proxies;

/// <summary>Who is named by an element of a forwarded field: a node of RFC 7239 section 6.</summary>
/// <param name="Address">The address; <see langword="null"/> where it is <c>unknown</c> or obfuscated (<c>_hidden</c>).</param>
/// <param name="Port">The port; 0 where it is not told.</param>
internal readonly record struct ForwardedNode(IPAddress? Address, int Port)
{
    private static readonly SearchValues<char> Obfuscated =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-");

    /// <summary>Reads a node.</summary>
    /// <param name="text">The node, unquoted.</param>
    /// <param name="allowBareInet6">Whether an IPv6 address may stand without brackets, as it does in X-Forwarded-For.</param>
    /// <returns>The node, or <see langword="null"/> where it is malformed.</returns>
    public static ForwardedNode? Parse(ReadOnlySpan<char> text, bool allowBareInet6)
    {
        if (allowBareInet6 && text.Count(':') > 1 && text[0] != '[')
        {
            return InternetAddress.ParseInet6(text) is { } bare ? new ForwardedNode(bare, 0) : null;
        }

        var nameEnd = text.StartsWith("[") ? text.IndexOf(']') + 1 : text.IndexOf(':');
        if (nameEnd < 0)
        {
            nameEnd = text.Length;
        }

        var name = text[..nameEnd];
        if (ParsePort(text[nameEnd..]) is not { } port || name.IsEmpty)
        {
            return null;
        }

        if (name.Equals("unknown", StringComparison.OrdinalIgnoreCase) || IsObfuscated(name))
        {
            return new ForwardedNode(null, 0);
        }

        var address = name[0] == '[' ? InternetAddress.ParseInet6(name[1..^1]) : InternetAddress.ParseInet(name);
        return address is null ? null : new ForwardedNode(address, port);
    }

    private static int? ParsePort(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return 0;
        }

        if (text[0] != ':')
        {
            return null;
        }

        text = text[1..];
        return IsObfuscated(text) ? 0
            : ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && text.Length <= 5 ? port
            : null;
    }

    private static bool IsObfuscated(ReadOnlySpan<char> text) => text.Length > 1 && text[0] == '_' && !text[1..].ContainsAnyExcept(Obfuscated);
}
