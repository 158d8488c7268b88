using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Webserv.Plugins.StaticFiles;

namespace Webserv.Fuzzing.Targets.StaticFiles;

/// <summary>Range fields, and the lists of entity-tags beside them. The input is a line with the length of the file, then the field.</summary>
internal sealed partial class RangeTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "range";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        var text = Encoding.Latin1.GetString(input);
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        if (!long.TryParse(text.AsSpan(0, Math.Max(end, 0)), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            length = 1000;
        }

        var field = text[(end + 1)..];
        CheckRange(field, length);
        CheckEntityTags(field);
    }

    private static void CheckRange(string field, long length)
    {
        var outcome = ByteRange.Evaluate(field, length, out var range);
        BrokenPropertyException.ThrowIfDifferent(Reference(field, length, out var first, out var last), outcome, "what the grammar says");
        BrokenPropertyException.ThrowIfDifferent(outcome, ByteRange.Evaluate(" " + field + "\t", length, out _), "with white space around it");
        if (outcome != RangeOutcome.Part)
        {
            BrokenPropertyException.ThrowIfDifferent(default, range, "a range, and none asked for");
            return;
        }

        BrokenPropertyException.ThrowUnless(range.Offset >= 0 && range.Count >= 1 && range.Count <= length - range.Offset, $"{range} of {length}");
        BrokenPropertyException.ThrowIfDifferent((first, last), (range.Offset, (BigInteger)range.Offset + range.Count - 1), "the part");
        var written = string.Create(CultureInfo.InvariantCulture, $"bytes={range.Offset}-{range.Offset + range.Count - 1}");
        BrokenPropertyException.ThrowIfDifferent(RangeOutcome.Part, ByteRange.Evaluate(written, length, out var again), "written and read again");
        BrokenPropertyException.ThrowIfDifferent(range, again, "written and read again");
    }

    /// <summary>RFC 9110 section 14.1.2 in numbers of any size, for the one range that is answered with a part.</summary>
    private static RangeOutcome Reference(string field, long length, out BigInteger first, out BigInteger last)
    {
        first = last = 0;
        var match = Single().Match(field);
        if (!match.Success)
        {
            return RangeOutcome.Whole;
        }

        var (from, to) = (match.Groups[1].Value, match.Groups[2].Value);
        if (from.Length == 0)
        {
            var count = to.Length == 0 ? -1 : Number(to);
            first = BigInteger.Max(0, length - count);
            last = length - 1;
            return count < 0 ? RangeOutcome.Whole
                : count == 0 ? RangeOutcome.NotSatisfiable
                : length == 0 ? RangeOutcome.Whole
                : RangeOutcome.Part;
        }

        first = Number(from);
        last = to.Length == 0 ? length - 1 : BigInteger.Min(length - 1, Number(to));
        return to.Length > 0 && Number(to) < first ? RangeOutcome.Whole
            : first >= length ? RangeOutcome.NotSatisfiable
            : RangeOutcome.Part;
    }

    // No file is longer than this: what is larger is as good as this.
    private static BigInteger Number(string digits) =>
        BigInteger.Min(long.MaxValue, BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));

    private static void CheckEntityTags(string field)
    {
        const string Current = "\"a-1\"";
        var strong = EntityTagList.Matches(field, Current, isWeakComparison: false);
        var weak = EntityTagList.Matches(field, Current, isWeakComparison: true);
        BrokenPropertyException.ThrowUnless(weak || !strong, "what matches strongly matches weakly");
        BrokenPropertyException.ThrowUnless(!weak || field.Contains(Current, StringComparison.Ordinal) || field.Trim(' ', '\t') == "*", "matches without naming it");
        BrokenPropertyException.ThrowIfDifferent(strong, EntityTagList.Matches(" " + field + "\t", Current, isWeakComparison: false), "with white space around it");
        if (strong && field.Trim(' ', '\t') != "*")
        {
            BrokenPropertyException.ThrowUnless(EntityTagList.Matches("\"b\" ," + field, Current, isWeakComparison: false), "behind another tag");
        }
    }

    [GeneratedRegex("""\A[ \t]*bytes=[ \t,]*([0-9]*)-([0-9]*)[ \t,]*\z""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Single();
}
