using System.Buffers;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Gateway;

/// <summary>The words of an indexed query, which a script may get as arguments (RFC 3875 section 4.4).</summary>
internal static class QueryWords
{
    // Active in the Bourne shell: section 7.2 has them escaped. The list is that of Apache.
    private static readonly SearchValues<char> Active = SearchValues.Create("&;`'\"|*?~<>^()[]{}$\\\n");
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads the words.</summary>
    /// <param name="request">The request.</param>
    /// <returns>
    /// The words, decoded, with what a shell could act on behind backslashes. None where it is no GET or HEAD, where the query
    /// holds a bare <c>=</c> or anything that no argument can be, and where a word begins with <c>-</c>: an interpreter could
    /// take it for an option, as php-cgi did (CVE-2012-1823).
    /// </returns>
    public static IReadOnlyList<string> Read(IHttpRequest request)
    {
        if (request.Query.Length == 0 || request.Query.Contains('=', StringComparison.Ordinal) || !HttpMethods.IsGetOrHead(request.Method))
        {
            return [];
        }

        var words = new List<string>();
        foreach (var word in request.Query.Split('+'))
        {
            if (Decode(word) is not { } decoded || decoded.StartsWith('-') || decoded.Contains('\0', StringComparison.Ordinal))
            {
                return [];
            }

            words.Add(Escape(decoded));
        }

        return words;
    }

    private static string? Decode(string word)
    {
        var octets = new byte[word.Length];
        var count = 0;
        for (var index = 0; index < word.Length; index++)
        {
            if (word[index] != '%')
            {
                octets[count++] = (byte)word[index]; // A request-target is ASCII.
            }
            else if (index + 2 < word.Length && char.IsAsciiHexDigit(word[index + 1]) && char.IsAsciiHexDigit(word[index + 2]))
            {
                octets[count++] = Convert.FromHexString(word.AsSpan(index + 1, 2))[0];
                index += 2;
            }
            else
            {
                return null;
            }
        }

        try
        {
            return StrictUtf8.GetString(octets, 0, count);
        }
        catch (DecoderFallbackException)
        {
            return null; // Arguments are text here and become UTF-8.
        }
    }

    private static string Escape(string word)
    {
        if (!word.AsSpan().ContainsAny(Active))
        {
            return word;
        }

        var escaped = new StringBuilder(word.Length + 8);
        foreach (var character in word)
        {
            if (Active.Contains(character))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }
}
