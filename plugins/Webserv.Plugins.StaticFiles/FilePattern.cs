namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// A pattern of files below a root: <c>/a/*</c> is everything below <c>/a</c>, a pattern without a slash is a name in any
/// directory, any other is a whole path. <c>*</c> stands for any characters but a slash, <c>?</c> for one.
/// </summary>
internal sealed class FilePattern
{
    private readonly string _pattern;
    private readonly bool _isName;
    private readonly bool _isBelow;

    /// <summary>Makes a pattern that <see cref="IsValid"/> lets pass.</summary>
    public FilePattern(string pattern)
    {
        _isName = !pattern.Contains('/');
        _isBelow = pattern.EndsWith("/*", StringComparison.Ordinal);
        _pattern = _isBelow ? pattern[..^1] : pattern;
    }

    /// <summary>Whether a text can be a pattern: a name, or a path that begins with a slash and ends with a name or <c>*</c>.</summary>
    public static bool IsValid(string? pattern) =>
        !string.IsNullOrEmpty(pattern)
        && (pattern[0] == '/' || !pattern.Contains('/'))
        && pattern[^1] != '/'
        && !pattern.Contains("//", StringComparison.Ordinal)
        && !pattern.Contains("**", StringComparison.Ordinal)
        && !pattern.AsSpan().ContainsAny('\\', '\0');

    /// <summary>Whether a file matches.</summary>
    /// <param name="path">Its path below the root, beginning with a slash.</param>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        if (_isName)
        {
            return IsSegmentMatch(_pattern, path[(path.LastIndexOf('/') + 1)..]);
        }

        ReadOnlySpan<char> pattern = _pattern;
        while (true)
        {
            // Both begin with a slash here.
            pattern = pattern[1..];
            path = path[1..];
            if (pattern.IsEmpty)
            {
                return _isBelow;
            }

            var patternEnd = pattern.IndexOf('/');
            var pathEnd = path.IndexOf('/');
            if (!IsSegmentMatch(patternEnd < 0 ? pattern : pattern[..patternEnd], pathEnd < 0 ? path : path[..pathEnd]))
            {
                return false;
            }

            if (patternEnd < 0 || pathEnd < 0)
            {
                return patternEnd == pathEnd;
            }

            pattern = pattern[patternEnd..];
            path = path[pathEnd..];
        }
    }

    // One position to fall back to is enough: a later star makes an earlier one's choice final.
    private static bool IsSegmentMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return pattern[p..].TrimStart('*').IsEmpty;
    }
}
