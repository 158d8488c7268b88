using Microsoft.Extensions.Primitives;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Part of a file.</summary>
/// <param name="Offset">The first byte.</param>
/// <param name="Count">How many bytes, at least 1.</param>
internal readonly record struct ByteRange(long Offset, long Count)
{
    /// <summary>
    /// Reads a Range field (RFC 9110 section 14.2). Several ranges are answered with the whole, as that section allows:
    /// who asks for many small ones would cost more than they spare.
    /// </summary>
    /// <param name="field">The field's lines.</param>
    /// <param name="length">The length of the whole.</param>
    /// <param name="range">The part, for <see cref="RangeOutcome.Part"/>.</param>
    public static RangeOutcome Evaluate(StringValues field, long length, out ByteRange range)
    {
        range = default;
        if (field.Count != 1)
        {
            return RangeOutcome.Whole;
        }

        var text = field[0].AsSpan().Trim(" \t");
        if (!text.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            return RangeOutcome.Whole;
        }

        // A list may have empty elements (section 5.6.1).
        text = text[6..].Trim(" \t,");
        var dash = text.IndexOf('-');
        if (dash < 0 || text.Contains(',')
            || !TryParse(text[..dash], out var first) || !TryParse(text[(dash + 1)..], out var last))
        {
            return RangeOutcome.Whole;
        }

        if (first is null)
        {
            return last is null ? RangeOutcome.Whole : EvaluateSuffix(last.Value, length, out range);
        }

        if (last < first)
        {
            return RangeOutcome.Whole;
        }

        if (first >= length)
        {
            return RangeOutcome.NotSatisfiable;
        }

        var end = last is null || last >= length ? length - 1 : last.Value;
        range = new ByteRange(first.Value, end - first.Value + 1);
        return RangeOutcome.Part;
    }

    private static RangeOutcome EvaluateSuffix(long count, long length, out ByteRange range)
    {
        range = default;
        if (count == 0)
        {
            return RangeOutcome.NotSatisfiable;
        }

        if (length == 0)
        {
            // The last bytes of nothing are all of it, and Content-Range cannot say so.
            return RangeOutcome.Whole;
        }

        count = Math.Min(count, length);
        range = new ByteRange(length - count, count);
        return RangeOutcome.Part;
    }

    // Digits only, none for null; what is too large for any file is as good as the largest.
    private static bool TryParse(ReadOnlySpan<char> digits, out long? number)
    {
        number = null;
        if (digits.IsEmpty)
        {
            return true;
        }

        var value = 0L;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
            {
                return false;
            }

            var unit = digit - '0';
            value = value > (long.MaxValue - unit) / 10 ? long.MaxValue : (value * 10) + unit;
        }

        number = value;
        return true;
    }
}
