using System.Buffers;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Primitives;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// What an Accept-Encoding field says of the codings that files are sent in (RFC 9110 section 12.5.3), in thousandths. A field
/// that does not follow the grammar is as good as none: then there is nothing better than the file as it is.
/// </summary>
internal readonly struct AcceptEncoding
{
    private const int Unlisted = -1;
    private const int Most = 1000;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly Weights _weights;

    private AcceptEncoding(in Weights weights, int identity)
    {
        _weights = weights;
        Identity = identity == Unlisted ? null : identity;
    }

    /// <summary>The weight of the file without a coding; <see langword="null"/> where it is acceptable and anything else that is goes before it.</summary>
    public int? Identity { get; }

    /// <summary>Whether the file may be sent without a coding.</summary>
    public bool AllowsIdentity => Identity != 0;

    /// <summary>The weight of a coding; 0 where it must not be used.</summary>
    public int this[ContentCoding coding] => _weights[coding.Index];

    /// <summary>Reads the field.</summary>
    /// <param name="field">Its lines, which are one list.</param>
    public static AcceptEncoding Parse(StringValues field)
    {
        var weights = default(Weights);
        ((Span<int>)weights).Fill(Unlisted);
        var (identity, others) = (Unlisted, Unlisted);
        foreach (var line in field)
        {
            if (!TryRead(line, ref weights, ref identity, ref others))
            {
                return default;
            }
        }

        // The asterisk stands for what is not listed, the absence of a coding included.
        foreach (ref var weight in weights)
        {
            weight = weight != Unlisted ? weight : Math.Max(others, 0);
        }

        return new AcceptEncoding(weights, identity != Unlisted ? identity : others);
    }

    private static bool TryRead(ReadOnlySpan<char> line, ref Weights weights, ref int identity, ref int others)
    {
        while (true)
        {
            var comma = line.IndexOf(',');
            var element = (comma < 0 ? line : line[..comma]).Trim(" \t");

            // A list may have empty elements (section 5.6.1).
            if (!element.IsEmpty)
            {
                if (!TryRead(element, out var name, out var weight))
                {
                    return false;
                }

                if (name is "*")
                {
                    others = Math.Max(others, weight);
                }
                else if (ContentCoding.Find(name) is { } coding)
                {
                    // Listed twice, as gzip and x-gzip are: the higher one counts.
                    weights[coding.Index] = Math.Max(weights[coding.Index], weight);
                }
                else if (name.Equals("identity", StringComparison.OrdinalIgnoreCase))
                {
                    identity = Math.Max(identity, weight);
                }
            }

            if (comma < 0)
            {
                return true;
            }

            line = line[(comma + 1)..];
        }
    }

    private static bool TryRead(ReadOnlySpan<char> element, out ReadOnlySpan<char> name, out int weight)
    {
        weight = Most;
        var semicolon = element.IndexOf(';');
        name = (semicolon < 0 ? element : element[..semicolon]).TrimEnd(" \t");
        if (name.IsEmpty || name.ContainsAnyExcept(TokenCharacters))
        {
            return false;
        }

        if (semicolon < 0)
        {
            return true;
        }

        var parameter = element[(semicolon + 1)..].TrimStart(" \t");
        return parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase) && TryReadWeight(parameter[2..], out weight);
    }

    // Section 12.4.2: 0 or 1, and up to three digits behind the point.
    private static bool TryReadWeight(ReadOnlySpan<char> text, out int weight)
    {
        weight = 0;
        if (text.IsEmpty || text.Length > 5 || text[0] is not ('0' or '1') || (text.Length > 1 && text[1] != '.'))
        {
            return false;
        }

        weight = (text[0] - '0') * Most;
        var unit = Most / 10;
        foreach (var digit in text.Length > 2 ? text[2..] : default)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            weight += (digit - '0') * unit;
            unit /= 10;
        }

        return weight <= Most;
    }

    [InlineArray(ContentCoding.Count)]
    private struct Weights
    {
        private int _first;
    }
}
