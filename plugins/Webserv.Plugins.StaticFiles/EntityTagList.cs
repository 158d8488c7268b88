using Microsoft.Extensions.Primitives;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Compares the entity-tags of If-Match and If-None-Match (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2).</summary>
internal static class EntityTagList
{
    /// <summary>Whether a field names a current entity-tag, or any by <c>*</c>.</summary>
    /// <param name="field">The field's lines. What is behind a malformed tag in a line is passed over.</param>
    /// <param name="current">A strong entity-tag with its quotes.</param>
    /// <param name="isWeakComparison">Whether a weak tag may match.</param>
    public static bool Matches(StringValues field, string current, bool isWeakComparison)
    {
        foreach (var line in field)
        {
            if (MatchesLine(line, current, isWeakComparison))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesLine(ReadOnlySpan<char> line, string current, bool isWeakComparison)
    {
        line = line.Trim(" \t");
        if (line is "*")
        {
            return true;
        }

        while (true)
        {
            line = line.TrimStart(" \t,");
            var isWeak = line.StartsWith("W/", StringComparison.Ordinal);
            var tag = isWeak ? line[2..] : line;
            if (tag.IsEmpty || tag[0] != '"')
            {
                return false;
            }

            // A comma may stand within the quotes.
            var end = tag[1..].IndexOf('"');
            if (end < 0)
            {
                return false;
            }

            if ((isWeakComparison || !isWeak) && tag[..(end + 2)].SequenceEqual(current))
            {
                return true;
            }

            line = tag[(end + 2)..].TrimStart(" \t");
            if (!line.IsEmpty && line[0] != ',')
            {
                return false;
            }
        }
    }
}
