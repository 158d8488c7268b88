namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>The order in which people count: <c>page 2</c> before <c>page 10</c>, without regard to case.</summary>
internal static class NaturalOrder
{
    public static int Compare(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            int compared;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                var first = TakeNumber(a, ref i);
                var second = TakeNumber(b, ref j);
                compared = first.Length != second.Length ? first.Length - second.Length : first.SequenceCompareTo(second);
            }
            else
            {
                compared = char.ToUpperInvariant(a[i++]).CompareTo(char.ToUpperInvariant(b[j++]));
            }

            if (compared != 0)
            {
                return compared;
            }
        }

        var rest = (a.Length - i).CompareTo(b.Length - j);
        return rest != 0 ? rest : string.CompareOrdinal(a, b);
    }

    /// <summary>The digits from a position, without zeros at the beginning: of two, the longer is the larger number.</summary>
    private static ReadOnlySpan<char> TakeNumber(string text, ref int position)
    {
        var start = position;
        while (position < text.Length && char.IsAsciiDigit(text[position]))
        {
            position++;
        }

        return text.AsSpan(start, position - start).TrimStart('0');
    }
}
