using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Webserv.Host.Configuration;

/// <summary>Reads the host names of the configuration: <c>example.com</c>, <c>*.example.com</c>, <c>www.*</c>, <c>192.0.2.1</c>, <c>[2001:db8::1]</c>.</summary>
internal static class HostNamePattern
{
    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>Brings a host name into the form in which it is compared: lower case, IPv6 in brackets and shortest form.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="name">The name, or <see langword="null"/>.</param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Normalize(string text, out string? name)
    {
        name = null;
        var bare = text.StartsWith('[') && text.EndsWith(']') ? text[1..^1] : text;
        if (text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(bare, out var address)
            && address.AddressFamily == AddressFamily.InterNetworkV6 && !bare.Contains('[', StringComparison.Ordinal))
        {
            if (address.ScopeId != 0 || bare.Contains('%', StringComparison.Ordinal))
            {
                return $"'{text}' is no host name; clients send addresses without a zone";
            }

            name = $"[{address}]";
            return null;
        }

        if (text.Contains(':', StringComparison.Ordinal))
        {
            return text.Contains("//", StringComparison.Ordinal)
                ? $"'{text}' is no host name; write the name alone, without scheme and path"
                : $"'{text}' is no host name; a port belongs in Listen";
        }

        var lower = text.ToLowerInvariant();
        if (!System.Text.Ascii.IsValid(lower))
        {
            return $"'{text}' is no host name; write {Ascii(lower)}";
        }

        var labels = lower.Split('.');
        var first = labels[0] == "*" ? 1 : 0;
        var last = labels.Length - (first == 0 && labels[^1] == "*" ? 1 : 0);
        if (first >= last || lower.Length > 253)
        {
            return $"'{text}' is no host name; write for example example.com, *.example.com or www.*";
        }

        foreach (var label in labels.AsSpan(first, last - first))
        {
            if (label.Length is 0 or > 63 || label.AsSpan().ContainsAnyExcept(LabelCharacters) || label.StartsWith('-') || label.EndsWith('-'))
            {
                return $"'{text}' is no host name; write for example example.com, *.example.com or www.*";
            }
        }

        name = lower;
        return null;
    }

    // What a client sends for a name in other letters (RFC 5891).
    private static string Ascii(string name)
    {
        try
        {
            return new IdnMapping().GetAscii(name);
        }
        catch (ArgumentException)
        {
            // Not a name in any script: say what would be one.
            return "for example example.com";
        }
    }
}
