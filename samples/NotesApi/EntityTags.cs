using Microsoft.Extensions.Primitives;

namespace Webserv.Samples.NotesApi;

/// <summary>Compares with If-Match and If-None-Match (RFC 9110 sections 13.1.1 and 13.1.2). The tags of notes hold no comma.</summary>
internal static class EntityTags
{
    /// <summary>Whether a condition names a tag, or any by <c>*</c>.</summary>
    /// <param name="condition">The field.</param>
    /// <param name="tag">A strong tag.</param>
    /// <param name="weakly">Whether <c>W/"x"</c> names <c>"x"</c>.</param>
    public static bool Name(StringValues condition, string tag, bool weakly)
    {
        foreach (var line in condition)
        {
            foreach (var part in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (part == "*" || part == tag || (weakly && part.StartsWith("W/", StringComparison.Ordinal) && part.AsSpan(2).SequenceEqual(tag)))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
