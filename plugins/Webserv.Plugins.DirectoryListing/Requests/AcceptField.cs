using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Webserv.Plugins.DirectoryListing.Requests;

/// <summary>Chooses a format by Accept (RFC 9110 section 12.5.1).</summary>
internal static class AcceptField
{
    // The most specific range that names a type decides about it.
    private const int AnyType = 0;
    private const int AnySubtype = 1;
    private const int Exact = 2;
    private const int ExactWithCharset = 3;

    /// <summary>
    /// The format that the client likes best. Where it accepts none of them, it gets HTML: the section lets a server disregard the
    /// field, and a page is of more use than an error.
    /// </summary>
    public static ListingFormat Choose(StringValues accept)
    {
        Span<int> specificities = [-1, -1, -1];
        Span<double> weights = [0, 0, 0];
        var isEmpty = true;
        foreach (var line in accept)
        {
            var rest = line.AsSpan();
            while (!rest.IsEmpty)
            {
                var range = Take(ref rest, ',').Trim(" \t");
                if (!range.IsEmpty)
                {
                    isEmpty = false;
                    Consider(range, specificities, weights);
                }
            }
        }

        var best = ListingFormat.Html;
        for (var format = ListingFormat.Json; !isEmpty && format <= ListingFormat.Text; format++)
        {
            best = weights[(int)format] > weights[(int)best] ? format : best;
        }

        return best;
    }

    private static void Consider(ReadOnlySpan<char> range, Span<int> specificities, Span<double> weights)
    {
        var type = Take(ref range, ';').Trim(" \t");
        var weight = 1.0;
        var hasCharset = false;
        while (!range.IsEmpty)
        {
            var parameter = Take(ref range, ';').Trim(" \t");
            var equals = parameter.IndexOf('=');
            var name = equals < 0 ? parameter : parameter[..equals].TrimEnd(" \t");
            var value = equals < 0 ? "" : parameter[(equals + 1)..].Trim(" \t\"");
            if (name is "q" or "Q")
            {
                weight = ParseWeight(value);
                break; // What follows was once an extension of the field and says nothing about the type.
            }

            if (!name.Equals("charset", StringComparison.OrdinalIgnoreCase) || !value.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
            {
                return; // Another variant of the type than there is.
            }

            hasCharset = true;
        }

        for (var format = ListingFormat.Html; format <= ListingFormat.Text; format++)
        {
            var specificity = Match(type, format, hasCharset);
            if (specificity > specificities[(int)format])
            {
                specificities[(int)format] = specificity;
                weights[(int)format] = weight;
            }
        }
    }

    private static int Match(ReadOnlySpan<char> range, ListingFormat format, bool hasCharset)
    {
        var (type, subtype) = format switch
        {
            ListingFormat.Html => ("text", "html"),
            ListingFormat.Json => ("application", "json"),
            _ => ("text", "plain"),
        };
        var slash = range.IndexOf('/');
        if (slash < 0 || (hasCharset && format == ListingFormat.Json))
        {
            return -1;
        }

        var first = range[..slash];
        var second = range[(slash + 1)..];
        return first is "*" && second is "*" ? AnyType
            : !first.Equals(type, StringComparison.OrdinalIgnoreCase) ? -1
            : second is "*" ? AnySubtype
            : !second.Equals(subtype, StringComparison.OrdinalIgnoreCase) ? -1
            : hasCharset ? ExactWithCharset : Exact;
    }

    /// <summary>A weight of section 12.4.2; what is none counts as the least wish there is.</summary>
    private static double ParseWeight(ReadOnlySpan<char> text) =>
        text.Length <= 5 && double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight) && weight <= 1
            ? weight
            : 0.001;

    /// <summary>The text up to a separator that is not within a quoted string, which is taken away with it.</summary>
    private static ReadOnlySpan<char> Take(ref ReadOnlySpan<char> text, char separator)
    {
        var isQuoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (isQuoted && text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == separator && !isQuoted)
            {
                var taken = text[..i];
                text = text[(i + 1)..];
                return taken;
            }
        }

        var all = text;
        text = [];
        return all;
    }
}
