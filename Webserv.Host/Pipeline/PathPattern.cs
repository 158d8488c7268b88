namespace Webserv.Host.Pipeline;

/// <summary>
/// A pattern of paths: <c>/a/*</c> is <c>/a</c> and everything below it, <c>/a</c> is that path alone, and any other
/// <c>*</c> stands for any characters but a slash. Case-sensitive.
/// </summary>
internal sealed class PathPattern
{
    private readonly string _literal;
    private readonly string? _glob;
    private readonly bool _isPrefix;

    /// <summary>Makes a pattern.</summary>
    /// <param name="pattern">Begins with a slash.</param>
    public PathPattern(string pattern)
    {
        Pattern = pattern;
        _isPrefix = pattern.EndsWith("/*", StringComparison.Ordinal);
        _literal = _isPrefix ? pattern[..^2] : pattern;
        _glob = _literal.Contains('*') ? _literal : null;
        var star = pattern.IndexOf('*');
        LiteralPrefix = pattern[..Math.Max(0, pattern.LastIndexOf('/', star < 0 ? pattern.Length - 1 : star))];
    }

    /// <summary>The pattern as it was written.</summary>
    public string Pattern { get; }

    /// <summary>The beginning that alias semantics take away: up to the last slash before the first <c>*</c>, without that slash.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether a path matches.</summary>
    public bool IsMatch(string path)
    {
        if (_glob is null)
        {
            return _isPrefix
                ? path.StartsWith(_literal, StringComparison.Ordinal) && (path.Length == _literal.Length || path[_literal.Length] == '/')
                : path == _literal;
        }

        return MatchGlob(_glob, path);
    }

    /// <summary>What is left of a path that matches when the literal prefix is taken away; begins with a slash.</summary>
    public string GetRest(string path) =>
        LiteralPrefix.Length == 0 ? path : path.Length <= LiteralPrefix.Length ? "/" : path[LiteralPrefix.Length..];

    /// <summary>Takes the literal prefix of the matching pattern away, the longest where several match; a path that none matches stays as it is.</summary>
    public static string TakeAway(IReadOnlyList<PathPattern> patterns, string path) =>
        FindLongest(patterns, path)?.GetRest(path) ?? path;

    /// <summary>
    /// What lies behind the matching pattern: as <see cref="TakeAway"/>, but behind a pattern without <c>*</c>, which is one path
    /// and no more, lies nothing: <c>/</c>.
    /// </summary>
    public static string GetBehind(IReadOnlyList<PathPattern> patterns, string path) =>
        FindLongest(patterns, path) is not { } pattern ? path : pattern.Pattern.Contains('*') ? pattern.GetRest(path) : "/";

    private static PathPattern? FindLongest(IReadOnlyList<PathPattern> patterns, string path)
    {
        PathPattern? longest = null;
        foreach (var pattern in patterns)
        {
            if (pattern.LiteralPrefix.Length > (longest?.LiteralPrefix.Length ?? -1) && pattern.IsMatch(path))
            {
                longest = pattern;
            }
        }

        return longest;
    }

    /// <summary>Matches with one position to fall back to, which is enough because <c>*</c> stops at slashes: linear for each segment.</summary>
    private bool MatchGlob(ReadOnlySpan<char> glob, ReadOnlySpan<char> path)
    {
        while (true)
        {
            var globEnd = glob[1..].IndexOf('/') + 1;
            var pathEnd = path.Length == 0 ? -1 : path[1..].IndexOf('/') + 1;
            if (pathEnd < 0 || path[0] != '/')
            {
                return false;
            }

            var globSegment = globEnd == 0 ? glob : glob[..globEnd];
            var pathSegment = pathEnd == 0 ? path : path[..pathEnd];
            if (!MatchSegment(globSegment, pathSegment))
            {
                return false;
            }

            if (globEnd == 0)
            {
                return pathEnd == 0 || _isPrefix;
            }

            if (pathEnd == 0)
            {
                return false;
            }

            glob = glob[globEnd..];
            path = path[pathEnd..];
        }
    }

    private static bool MatchSegment(ReadOnlySpan<char> glob, ReadOnlySpan<char> text)
    {
        int g = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (g < glob.Length && glob[g] == '*')
            {
                star = g++;
                resume = t;
            }
            else if (g < glob.Length && glob[g] == text[t])
            {
                g++;
                t++;
            }
            else if (star >= 0)
            {
                g = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        return glob[g..].TrimStart('*').IsEmpty;
    }
}
