using System.Text;

namespace Webserv.Testing.Http;

/// <summary>Request-targets to path and query, as the contract describes them.</summary>
internal static class RequestTarget
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static (string Path, string Query) Parse(string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        if (target == "*")
        {
            return ("*", "");
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        var query = question < 0 ? "" : target[(question + 1)..];
        var path = question < 0 ? target : target[..question];
        var authority = path.IndexOf("://", StringComparison.Ordinal);
        if (!path.StartsWith('/') && authority > 0)
        {
            var slash = path.IndexOf('/', authority + 3);
            path = slash < 0 ? "/" : path[slash..];
        }

        if (!path.StartsWith('/') || target.AsSpan().ContainsAnyInRange('\0', ' ') || target.Contains('#', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{target}' is no request-target: percent-encode it and begin it with a slash.", nameof(target));
        }

        return (RemoveDotSegments(Decode(path)), query);
    }

    private static string Decode(string path)
    {
        if (!path.Contains('%', StringComparison.Ordinal))
        {
            return path;
        }

        var bytes = new List<byte>(path.Length);
        for (var i = 0; i < path.Length; i++)
        {
            if (path[i] != '%')
            {
                var rune = Rune.GetRuneAt(path, i);
                bytes.AddRange(Encoding.UTF8.GetBytes(rune.ToString()));
                i += rune.Utf16SequenceLength - 1;
                continue;
            }

            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
            {
                throw new ArgumentException($"'{path}' holds a '%' without two hexadecimal digits.", nameof(path));
            }

            var value = Convert.ToByte(path.Substring(i + 1, 2), 16);
            switch (value)
            {
                case 0:
                    throw new ArgumentException($"'{path}' holds NUL.", nameof(path));
                case (byte)'/':
                    bytes.AddRange("%2F"u8);
                    break;
                default:
                    bytes.Add(value);
                    break;
            }

            i += 2;
        }

        try
        {
            return Utf8.GetString(bytes.ToArray());
        }
        catch (DecoderFallbackException exception)
        {
            throw new ArgumentException($"'{path}' is not UTF-8.", nameof(path), exception);
        }
    }

    private static string RemoveDotSegments(string path)
    {
        var kept = new List<string>();
        var segments = path[1..].Split('/');
        for (var i = 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            switch (segments[i])
            {
                case ".":
                    break;
                case "..":
                    if (kept.Count > 0)
                    {
                        kept.RemoveAt(kept.Count - 1);
                    }

                    break;
                default:
                    kept.Add(segments[i]);
                    continue;
            }

            if (isLast)
            {
                kept.Add("");
            }
        }

        return "/" + string.Join('/', kept);
    }
}
