using Microsoft.Extensions.Primitives;

namespace Webserv.Host.Proxies;

/// <summary>
/// Reads the elements of a list field (RFC 9110 section 5.6.1) from the last to the first. Every proxy appends: the nearest one's
/// element is the last, and nothing that stands left of it, an open quotation mark for example, can change how it is read.
/// </summary>
/// <param name="lines">The field lines, in order.</param>
/// <param name="hasQuotes">Whether elements may hold quoted strings (RFC 9110 section 5.6.4), and commas in them.</param>
internal ref struct FieldListReader(StringValues lines, bool hasQuotes)
{
    private ReadOnlySpan<char> _rest;
    private int _line = lines.Count;
    private bool _isInLine;

    /// <summary>Takes the next element to the left, without white space around it; it may be empty.</summary>
    public bool TryRead(out ReadOnlySpan<char> element)
    {
        if (!_isInLine)
        {
            if (_line == 0)
            {
                element = default;
                return false;
            }

            _rest = lines[--_line];
        }

        var comma = hasQuotes ? LastCommaOutsideQuotes(_rest) : _rest.LastIndexOf(',');
        element = _rest[(comma + 1)..].Trim(" \t");
        _isInLine = comma >= 0;
        _rest = comma >= 0 ? _rest[..comma] : default;
        return true;
    }

    private static int LastCommaOutsideQuotes(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var at = text.Length - 1; at >= 0; at--)
        {
            if (text[at] == '"')
            {
                // Going left, the quotation mark that opens is the first one that no backslash escapes.
                isQuoted = !isQuoted || IsEscaped(text, at);
            }
            else if (text[at] == ',' && !isQuoted)
            {
                return at;
            }
        }

        return -1;
    }

    private static bool IsEscaped(ReadOnlySpan<char> text, int at)
    {
        var backslashes = 0;
        while (backslashes < at && text[at - 1 - backslashes] == '\\')
        {
            backslashes++;
        }

        return backslashes % 2 == 1;
    }
}
