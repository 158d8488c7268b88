using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>
/// Takes request-targets apart: origin-form, absolute-form for http and https, and asterisk-form (RFC 9112 section 3.2), with the path
/// decoded as UTF-8, repeated slashes merged and dot segments removed (RFC 3986 section 5.2.4). An encoded slash, and octets
/// that are no UTF-8, stay encoded.
/// </summary>
internal static class RequestTargetParser
{
    /// <summary>Takes a target apart.</summary>
    /// <param name="bytes">Visible ASCII without the fragment sign, as the head parser lets it through.</param>
    /// <param name="method">The method, since asterisk-form is for OPTIONS alone.</param>
    /// <returns>The target, or <see langword="null"/> where it is malformed.</returns>
    public static RequestTarget? Parse(ReadOnlySpan<byte> bytes, string method)
    {
        var raw = Encoding.ASCII.GetString(bytes);
        if (raw[0] == '/')
        {
            return ParseOrigin(raw, raw, null);
        }

        if (raw == "*")
        {
            return method == HttpMethods.Options ? new RequestTarget(raw, "*", "", null) : null;
        }

        var start = raw.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http://".Length
            : raw.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https://".Length
            : 0;
        if (start == 0)
        {
            return null;
        }

        var end = raw.AsSpan(start).IndexOfAny('/', '?');
        var authority = end < 0 ? raw[start..] : raw.Substring(start, end);
        var rest = end < 0 ? "/" : raw[(start + end)..];
        return authority.Length == 0 ? null : ParseOrigin(raw, rest[0] == '?' ? "/" + rest : rest, authority);
    }

    /// <summary>Decodes and normalises a path that may be followed by a query, for targets that the server makes itself.</summary>
    /// <returns>The target, or <see langword="null"/> where it is malformed.</returns>
    public static RequestTarget? ParseLocal(string pathAndQuery) =>
        pathAndQuery.Length > 0 && pathAndQuery[0] == '/' && Ascii.IsValid(pathAndQuery)
        && !Encoding.ASCII.GetBytes(pathAndQuery).AsSpan().ContainsAnyExcept(Octets.Target)
            ? ParseOrigin(pathAndQuery, pathAndQuery, null)
            : null;

    private static RequestTarget? ParseOrigin(string raw, string pathAndQuery, string? authority)
    {
        var mark = pathAndQuery.IndexOf('?');
        var rawPath = mark < 0 ? pathAndQuery : pathAndQuery[..mark];
        var query = mark < 0 ? "" : pathAndQuery[(mark + 1)..];
        var path = Normalise(rawPath);
        return path is null ? null : new RequestTarget(raw, path, query, authority);
    }

    private static string? Normalise(string rawPath)
    {
        if (!rawPath.Contains('%') && !rawPath.Contains("/.", StringComparison.Ordinal) && !rawPath.Contains("//", StringComparison.Ordinal))
        {
            return rawPath;
        }

        var decoded = Decode(rawPath);
        return decoded is null ? null : RemoveDotSegments(decoded);
    }

    /// <summary>Decodes a path.</summary>
    /// <param name="rawPath">ASCII.</param>
    /// <returns>The path with what stays encoded in upper case, or <see langword="null"/> where it is malformed.</returns>
    public static string? Decode(string rawPath)
    {
        if (!rawPath.Contains('%'))
        {
            return rawPath;
        }

        var octets = new byte[rawPath.Length];
        var keepEncoded = new List<int>();
        var count = 0;
        for (var index = 0; index < rawPath.Length; index++)
        {
            if (rawPath[index] != '%')
            {
                octets[count++] = (byte)rawPath[index];
                continue;
            }

            if (index + 2 >= rawPath.Length || !char.IsAsciiHexDigit(rawPath[index + 1]) || !char.IsAsciiHexDigit(rawPath[index + 2]))
            {
                return null;
            }

            var octet = Convert.ToByte(rawPath.Substring(index + 1, 2), 16);
            index += 2;
            if (octet == 0)
            {
                return null;
            }

            if (octet == (byte)'/')
            {
                keepEncoded.Add(count);
            }

            octets[count++] = octet;
        }

        return ToText(octets.AsSpan(0, count), keepEncoded);
    }

    private static string ToText(ReadOnlySpan<byte> octets, List<int> keepEncoded)
    {
        var text = new StringBuilder(octets.Length);
        var position = 0;
        var nextKept = 0;
        while (position < octets.Length)
        {
            var status = Rune.DecodeFromUtf8(octets[position..], out var rune, out var length);
            if (status != System.Buffers.OperationStatus.Done)
            {
                foreach (var octet in octets.Slice(position, length))
                {
                    text.Append('%').Append(octet.ToString("X2", null));
                }
            }
            else if (nextKept < keepEncoded.Count && keepEncoded[nextKept] == position)
            {
                nextKept++;
                text.Append("%2F");
            }
            else
            {
                text.Append(rune.ToString());
            }

            position += length;
        }

        return text.ToString();
    }

    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var index = 1; index < segments.Length; index++)
        {
            var segment = segments[index];
            var last = index == segments.Length - 1;
            switch (segment)
            {
                case "." or "..":
                    if (segment == ".." && kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    if (last)
                    {
                        kept.Add("");
                    }

                    break;
                case "" when !last:
                    break;
                default:
                    kept.Add(segment);
                    break;
            }
        }

        return "/" + string.Join('/', kept);
    }
}
