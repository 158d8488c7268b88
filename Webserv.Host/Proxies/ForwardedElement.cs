using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Host.Proxies;

/// <summary>One element of the Forwarded field (RFC 7239 section 4). Parameters without use here, <c>by</c> and extensions, are checked and passed over.</summary>
/// <param name="For">Who made the request; <see langword="null"/> where that is not told.</param>
/// <param name="Proto">The scheme; <see langword="null"/> where it is not told.</param>
/// <param name="Host">The host asked for; <see langword="null"/> where it is not told.</param>
internal readonly record struct ForwardedElement(ForwardedNode? For, string? Proto, string? Host)
{
    // Each may occur once (section 4), extensions too; nobody needs more than a handful.
    private const int MaxParameters = 16;

    /// <summary>Reads an element.</summary>
    /// <param name="text">Without white space around it, not empty.</param>
    /// <returns>The element, or <see langword="null"/> where it is malformed.</returns>
    public static ForwardedElement? Parse(ReadOnlySpan<char> text)
    {
        var element = default(ForwardedElement);
        Span<Range> names = stackalloc Range[MaxParameters];
        var count = 0;
        var at = 0;
        while (true)
        {
            at = SkipSpace(text, at);
            if (at < text.Length && text[at] != ';')
            {
                var start = at;
                at = EndOfToken(text, at);
                var name = text[start..at];
                if (name.IsEmpty || at == text.Length || text[at++] != '=' || count == MaxParameters
                    || Contains(text, names[..count], name) || ReadValue(text, ref at) is not { } value)
                {
                    return null;
                }

                names[count++] = start..(start + name.Length);
                if (!element.TryAdd(name, value, out element))
                {
                    return null;
                }

                at = SkipSpace(text, at);
            }

            if (at == text.Length)
            {
                return element;
            }

            if (text[at++] != ';')
            {
                return null;
            }
        }
    }

    private bool TryAdd(ReadOnlySpan<char> name, string value, out ForwardedElement element)
    {
        element = this;
        if (name.Equals("for", StringComparison.OrdinalIgnoreCase))
        {
            element = this with { For = ForwardedNode.Parse(value, allowBareInet6: false) };
            return element.For is not null;
        }

        if (name.Equals("by", StringComparison.OrdinalIgnoreCase))
        {
            return ForwardedNode.Parse(value, allowBareInet6: false) is not null;
        }

        element = name.Equals("proto", StringComparison.OrdinalIgnoreCase) ? this with { Proto = value }
            : name.Equals("host", StringComparison.OrdinalIgnoreCase) ? this with { Host = value }
            : this;
        return true;
    }

    private static bool Contains(ReadOnlySpan<char> text, ReadOnlySpan<Range> names, ReadOnlySpan<char> name)
    {
        foreach (var range in names)
        {
            if (text[range].Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads a token or a quoted-string (RFC 9110 section 5.6.4), without its quotation marks and escapes.</summary>
    private static string? ReadValue(ReadOnlySpan<char> text, ref int at)
    {
        if (at == text.Length || text[at] != '"')
        {
            var start = at;
            at = EndOfToken(text, at);
            return at == start ? null : text[start..at].ToString();
        }

        var value = new StringBuilder();
        for (at++; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                at++;
                return value.ToString();
            }

            if (text[at] == '\\' && ++at == text.Length)
            {
                return null;
            }

            value.Append(text[at]);
        }

        return null;
    }

    private static int EndOfToken(ReadOnlySpan<char> text, int at)
    {
        var length = text[at..].IndexOfAnyExcept(Octets.TokenText);
        return length < 0 ? text.Length : at + length;
    }

    private static int SkipSpace(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        return at;
    }
}
