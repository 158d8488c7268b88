using System.Globalization;

namespace Webserv.Representations;

/// <summary>Reads dates in the three forms of RFC 9110 section 5.6.7.</summary>
internal static class HttpDate
{
    /// <summary>Reads a date.</summary>
    /// <param name="text">A field value.</param>
    /// <param name="now">The present, which decides the century of the form with two digits.</param>
    /// <param name="date">The date in UTC.</param>
    /// <returns>Whether it is a valid date.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, DateTimeOffset now, out DateTimeOffset date)
    {
        text = text.Trim(" \t");
        date = default;

        // The name of the day says nothing that the rest does not say, and in the form of RFC 850 it could only be checked
        // once the century is known. It is a word all the same: an entity-tag must not be taken for a date.
        var comma = text.IndexOf(',');
        if (!IsWord(comma < 0 ? text[..Math.Min(3, text.Length)] : text[..comma]))
        {
            return false;
        }

        if (comma == 3)
        {
            return TryParse(text[4..], " dd MMM yyyy HH:mm:ss 'GMT'", out date);
        }

        if (comma > 3)
        {
            return TryParse(text[(comma + 1)..], " dd-MMM-yy HH:mm:ss 'GMT'", out date) && TryPlaceInCentury(ref date, now);
        }

        return text.Length == 24 && text[3] == ' '
            && (TryParse(text[4..], "MMM dd HH:mm:ss yyyy", out date) || TryParse(text[4..], "MMM  d HH:mm:ss yyyy", out date));
    }

    private static bool IsWord(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            if (!char.IsAsciiLetter(character))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParse(ReadOnlySpan<char> text, string format, out DateTimeOffset date) => DateTimeOffset.TryParseExact(
        text, format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date);

    // More than 50 years in the future means the most recent year in the past with the same two digits.
    private static bool TryPlaceInCentury(ref DateTimeOffset date, DateTimeOffset now)
    {
        while (date.Year < now.Year - 49 && date.Year < 9900)
        {
            date = date.AddYears(100);
        }

        while (date > now.AddYears(50) && date.Year > 100)
        {
            date = date.AddYears(-100);
        }

        return true;
    }
}
