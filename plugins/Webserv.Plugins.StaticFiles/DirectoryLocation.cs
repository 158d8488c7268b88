using System.Buffers;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Makes the Location that sends a client from a directory's name to the directory itself, or to another name.</summary>
internal static class DirectoryLocation
{
    private const string Unreserved = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!$&'()*+,;=:@/";

    // What is encoded already stays so: only the client knows whether a slash in it was meant as one.
    private static readonly SearchValues<char> PathCharacters = SearchValues.Create(Unreserved + "%");
    private static readonly SearchValues<char> QueryCharacters = SearchValues.Create(Unreserved + "%?");

    /// <summary>
    /// The path of the request with a slash behind it, and its query. It begins with exactly one slash: two would name
    /// another host (RFC 3986 section 4.2).
    /// </summary>
    public static string Create(IHttpRequest request)
    {
        var text = new StringBuilder("/", request.RawTarget.Length + 2);
        Append(text, GetRawPath(request.RawTarget).TrimStart('/'), PathCharacters);
        if (text[^1] != '/')
        {
            text.Append('/');
        }

        AppendQuery(text, request);
        return text.ToString();
    }

    /// <summary>Another path with the query of the request.</summary>
    public static string Create(IHttpRequest request, string path)
    {
        var text = new StringBuilder(UriPath.Encode(path));
        AppendQuery(text, request);
        return text.ToString();
    }

    private static void AppendQuery(StringBuilder text, IHttpRequest request)
    {
        if (request.Query.Length > 0)
        {
            text.Append('?');
            Append(text, request.Query, QueryCharacters);
        }
    }

    // The absolute form begins with scheme and authority (RFC 9112 section 3.2.2).
    private static ReadOnlySpan<char> GetRawPath(ReadOnlySpan<char> target)
    {
        var query = target.IndexOf('?');
        target = query < 0 ? target : target[..query];
        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return target;
        }

        target = target[(authority + 3)..];
        var slash = target.IndexOf('/');
        return slash < 0 ? "/" : target[slash..];
    }

    private static void Append(StringBuilder text, ReadOnlySpan<char> value, SearchValues<char> allowed)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.IsAscii && allowed.Contains((char)rune.Value))
            {
                text.Append((char)rune.Value);
                continue;
            }

            foreach (var one in bytes[..rune.EncodeToUtf8(bytes)])
            {
                text.Append('%').Append(Convert.ToHexString([one]));
            }
        }
    }
}
