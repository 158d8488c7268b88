using Microsoft.Extensions.Primitives;

namespace Webserv.Representations;

/// <summary>
/// Reads Range fields (RFC 9110 section 14.2). Parts that overlap or touch are made one, as section 15.3.7.2 allows, so that an
/// answer never holds a byte twice and costs little more than the whole at most.
/// </summary>
internal static class RangeField
{
    /// <summary>Reads a field.</summary>
    /// <param name="field">The field's lines.</param>
    /// <param name="length">The length of the whole.</param>
    /// <param name="ranges">Where the parts go. A field that lists more than there is room for is answered with the whole.</param>
    /// <param name="count">
    /// How many parts there are: 1 for <see cref="RangeOutcome.Part"/>, more for <see cref="RangeOutcome.Parts"/>; in the order
    /// in which they were asked for, without those that lie behind the end, and no two of them touch.
    /// </param>
    public static RangeOutcome Evaluate(StringValues field, long length, Span<ByteRange> ranges, out int count)
    {
        count = 0;
        if (field.Count != 1)
        {
            return RangeOutcome.Whole;
        }

        var rest = field[0].AsSpan().Trim(" \t");
        if (!rest.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase))
        {
            return RangeOutcome.Whole;
        }

        var asked = 0;

        // A list may have empty elements (section 5.6.1).
        for (rest = rest[6..].TrimStart(" \t,"); !rest.IsEmpty; rest = rest.TrimStart(" \t,"))
        {
            var comma = rest.IndexOf(',');
            var spec = (comma < 0 ? rest : rest[..comma]).TrimEnd(" \t");
            rest = comma < 0 ? [] : rest[(comma + 1)..];
            if (++asked > ranges.Length || !TryRead(spec, length, out var range))
            {
                count = 0;
                return RangeOutcome.Whole;
            }

            if (range.Count > 0)
            {
                count = Add(ranges, count, range);
            }
        }

        return count switch
        {
            0 => asked == 0 ? RangeOutcome.Whole : RangeOutcome.NotSatisfiable,
            1 => RangeOutcome.Part,
            _ => RangeOutcome.Parts,
        };
    }

    /// <summary>Reads one element. A part without bytes is one that lies behind the end; what makes the field void is <see langword="false"/>.</summary>
    private static bool TryRead(ReadOnlySpan<char> spec, long length, out ByteRange range)
    {
        range = default;
        var dash = spec.IndexOf('-');
        if (dash < 0 || !TryParse(spec[..dash], out var first) || !TryParse(spec[(dash + 1)..], out var last))
        {
            return false;
        }

        if (first is null)
        {
            // The last bytes of nothing are all of it, and Content-Range cannot say so.
            if (last is null || (last > 0 && length == 0))
            {
                return false;
            }

            var suffix = Math.Min(last.Value, length);
            range = new ByteRange(length - suffix, suffix);
            return true;
        }

        if (last < first)
        {
            return false;
        }

        if (first < length)
        {
            var end = last is null || last >= length ? length - 1 : last.Value;
            range = new ByteRange(first.Value, end - first.Value + 1);
        }

        return true;
    }

    // Joins it with those that it touches, in the place of the first of them. Once through them is enough: no two of them touch
    // each other, so what it becomes by joining one touches no other that it did not touch by itself.
    private static int Add(Span<ByteRange> ranges, int count, ByteRange range)
    {
        var place = count;
        for (var index = 0; index < count;)
        {
            if (!range.Touches(ranges[index]))
            {
                index++;
                continue;
            }

            range = range.Join(ranges[index]);
            place = Math.Min(place, index);
            ranges[(index + 1)..count].CopyTo(ranges[index..]);
            count--;
        }

        ranges[place..count].CopyTo(ranges[(place + 1)..]);
        ranges[place] = range;
        return count + 1;
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
