using System.Buffers;
using System.Text;

namespace Webserv.Abstractions.Http;

/// <summary>Paths on their way into a Location field or a link.</summary>
public static class UriPath
{
    // RFC 3986 section 3.3: pchar is unreserved, sub-delims, ":" and "@"; "/" separates segments.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "/:@!$&'()*+,;=-._~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>
    /// Percent-encodes an absolute path in the form of <see cref="IHttpRequest.Path"/>: what a segment must not hold becomes
    /// <c>%XX</c> of its UTF-8, a <c>%2F</c> stays what it is. Slashes at the beginning are merged into one, so that the
    /// result is never a reference to another host.
    /// </summary>
    /// <param name="path">A path that begins with a slash; one is put before any other.</param>
    /// <returns>ASCII characters that are safe in a field and, apart from <c>&amp;</c> and <c>'</c>, in HTML.</returns>
    public static string Encode(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var rest = path.AsSpan().TrimStart('/');
        if (rest.Length == path.Length - 1 && !rest.ContainsAnyExcept(Plain))
        {
            return path;
        }

        var encoded = new StringBuilder(path.Length + 16).Append('/');
        Span<byte> utf8 = stackalloc byte[4];
        while (!rest.IsEmpty)
        {
            if (Plain.Contains(rest[0]))
            {
                encoded.Append(rest[0]);
                rest = rest[1..];
                continue;
            }

            if (rest.StartsWith("%2F", StringComparison.Ordinal))
            {
                encoded.Append("%2F");
                rest = rest[3..];
                continue;
            }

            // An unpaired surrogate becomes U+FFFD.
            _ = Rune.DecodeFromUtf16(rest, out var rune, out var consumed);
            foreach (var value in utf8[..rune.EncodeToUtf8(utf8)])
            {
                encoded.Append('%').Append(Convert.ToHexString([value]));
            }

            rest = rest[consumed..];
        }

        return encoded.ToString();
    }
}
