namespace Webserv.Host.Configuration;

/// <summary>Finds what somebody most likely meant to write.</summary>
internal static class NearestName
{
    // Names longer than this are no slip of the pen, and the distance costs their product.
    private const int MaxLength = 64;

    // Up to so many names a person reads a list.
    private const int MaxListed = 12;

    /// <summary>The name nearest to a word, ignoring case, or <see langword="null"/> where none is near.</summary>
    public static string? Find(string word, IEnumerable<string> names)
    {
        if (word.Length is 0 or > MaxLength)
        {
            return null;
        }

        var best = (Name: (string?)null, Distance: int.MaxValue);
        foreach (var name in names)
        {
            var distance = Distance(word.ToUpperInvariant(), name.ToUpperInvariant());
            if (distance < best.Distance && distance <= Math.Max(word.Length, name.Length) / 3)
            {
                best = (name, distance);
            }
        }

        return best.Name;
    }

    /// <summary>How an error goes on: <c>; did you mean 'X'?</c>, or the names themselves where they are few, or nothing.</summary>
    public static string Hint(string word, IReadOnlyCollection<string> names) =>
        Find(word, names) is { } near ? $"; did you mean '{near}'?"
        : names.Count is > 0 and <= MaxListed ? $"; valid here: {string.Join(", ", names)}"
        : "";

    /// <summary>
    /// The number of characters to insert, leave out, replace or swap with their neighbour (Damerau–Levenshtein, in the form
    /// that edits no place twice).
    /// </summary>
    internal static int Distance(string left, string right)
    {
        if (right.Length > MaxLength)
        {
            return int.MaxValue;
        }

        var before = new int[right.Length + 1];
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(previous[j] + 1, current[j - 1] + 1), previous[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1])
                {
                    current[j] = Math.Min(current[j], before[j - 2] + 1);
                }
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }
}
