using Microsoft.Extensions.Primitives;

namespace Webserv.Representations;

/// <summary>Compares the entity-tags of If-Match and If-None-Match (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2).</summary>
internal static class EntityTagList
{
    /// <summary>Whether a field names a current entity-tag, or any by <c>*</c>.</summary>
    /// <param name="field">The field's lines. What is behind a malformed tag in a line is passed over.</param>
    /// <param name="current">An entity-tag with its quotes.</param>
    /// <param name="isWeakComparison">Whether weak tags match; in the strong comparison they never do, not even themselves.</param>
    public static bool Matches(StringValues field, string current, bool isWeakComparison)
    {
        var opaque = current.AsSpan();
        var isComparable = true;
        if (IsWeak(opaque))
        {
            opaque = opaque[2..];
            isComparable = isWeakComparison;
        }

        foreach (var line in field)
        {
            if (MatchesLine(line, opaque, isComparable, isWeakComparison))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether an entity-tag is a weak one.</summary>
    public static bool IsWeak(ReadOnlySpan<char> tag) => tag.StartsWith("W/", StringComparison.Ordinal);

    private static bool MatchesLine(ReadOnlySpan<char> line, ReadOnlySpan<char> current, bool isComparable, bool isWeakComparison)
    {
        line = line.Trim(" \t");
        if (line is "*")
        {
            return true;
        }

        while (true)
        {
            line = line.TrimStart(" \t,");
            var isWeak = IsWeak(line);
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

            if (isComparable && (isWeakComparison || !isWeak) && tag[..(end + 2)].SequenceEqual(current))
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
