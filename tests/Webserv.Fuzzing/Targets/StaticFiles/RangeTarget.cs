using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.RegularExpressions;
using Webserv.Plugins.StaticFiles;
using Webserv.Representations;

namespace Webserv.Fuzzing.Targets.StaticFiles;

/// <summary>
/// Range fields, and the same text as conditions: entity-tags and dates. The input is a line with the length of the file, then
/// the field.
/// </summary>
internal sealed partial class RangeTarget : IFuzzTarget
{
    private const int MaxRanges = 8;

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
        CheckRanges(field, length);
        CheckEntityTags(field);
        ConditionChecks.Run(field);
    }

    private static void CheckRanges(string field, long length)
    {
        var (outcome, ranges) = Evaluate(field, length);
        var (expected, parts) = Reference(field, length);
        BrokenPropertyException.ThrowIfDifferent(expected, outcome, "what the grammar says");
        BrokenPropertyException.ThrowIfDifferent(
            string.Join(' ', parts), string.Join(' ', ranges.Select(range => ((BigInteger)range.Offset, (BigInteger)range.Last))), "the parts");
        BrokenPropertyException.ThrowUnless(
            ranges.All(range => range.Offset >= 0 && range.Count >= 1 && range.Count <= length - range.Offset), "beyond the file");
        BrokenPropertyException.ThrowUnless(
            ranges.Aggregate(BigInteger.Zero, (sum, range) => sum + range.Count) <= length, "more than the file has");
        BrokenPropertyException.ThrowIfDifferent(outcome, Evaluate(" " + field + "\t", length).Outcome, "with white space around it");
        if (ranges.Length > 0)
        {
            var written = "bytes=" + string.Join(",", ranges.Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Offset}-{range.Last}")));
            BrokenPropertyException.ThrowIfDifferent(
                string.Join(' ', ranges), string.Join(' ', Evaluate(written, length).Ranges), "written and read again");
        }
    }

    private static (RangeOutcome Outcome, ByteRange[] Ranges) Evaluate(string field, long length)
    {
        var ranges = new ByteRange[MaxRanges];
        var outcome = RangeField.Evaluate(field, length, ranges, out var count);
        return (outcome, ranges[..count]);
    }

    /// <summary>RFC 9110 section 14.1.2 in numbers of any size; what touches is one, in the place of the first.</summary>
    private static (RangeOutcome Outcome, List<(BigInteger First, BigInteger Last)> Parts) Reference(string field, long length)
    {
        var parts = new List<(BigInteger First, BigInteger Last)>();
        var match = List().Match(field);
        if (!match.Success)
        {
            return (RangeOutcome.Whole, parts);
        }

        var specs = match.Groups["spec"].Captures;
        foreach (var spec in specs.Select(capture => capture.Value.Split('-')))
        {
            BigInteger? from = spec[0].Length == 0 ? null : Number(spec[0]);
            BigInteger? to = spec[1].Length == 0 ? null : Number(spec[1]);
            if ((from is null && (to is null || (to > 0 && length == 0))) || to < from)
            {
                return (RangeOutcome.Whole, []);
            }

            var (first, last) = from is null ? (BigInteger.Max(0, length - to!.Value), length - 1) : (from.Value, BigInteger.Min(length - 1, to ?? length));
            if (first <= last)
            {
                parts.Add((first, last));
            }
        }

        if (specs.Count > MaxRanges)
        {
            return (RangeOutcome.Whole, []);
        }

        while (Pairs(parts.Count).FirstOrDefault(pair => parts[pair.A].First <= parts[pair.B].Last + 1 && parts[pair.B].First <= parts[pair.A].Last + 1) is { B: > 0 } pair)
        {
            parts[pair.A] = (BigInteger.Min(parts[pair.A].First, parts[pair.B].First), BigInteger.Max(parts[pair.A].Last, parts[pair.B].Last));
            parts.RemoveAt(pair.B);
        }

        return (parts.Count switch { 0 => RangeOutcome.NotSatisfiable, 1 => RangeOutcome.Part, _ => RangeOutcome.Parts }, parts);
    }

    private static IEnumerable<(int A, int B)> Pairs(int count) =>
        Enumerable.Range(0, count).SelectMany(a => Enumerable.Range(a + 1, count - a - 1).Select(b => (a, b)));

    // No file is longer than this: what is larger is as good as this.
    private static BigInteger Number(string digits) =>
        BigInteger.Min(long.MaxValue, BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));

    private static void CheckEntityTags(string field)
    {
        const string Current = "\"a-1\"";
        var strong = EntityTagList.Matches(field, Current, isWeakComparison: false);
        var weak = EntityTagList.Matches(field, Current, isWeakComparison: true);
        var any = field.Trim(' ', '\t') == "*";
        BrokenPropertyException.ThrowUnless(weak || !strong, "what matches strongly matches weakly");
        BrokenPropertyException.ThrowUnless(!weak || field.Contains(Current, StringComparison.Ordinal) || any, "matches without naming it");
        BrokenPropertyException.ThrowIfDifferent(strong, EntityTagList.Matches(" " + field + "\t", Current, isWeakComparison: false), "with white space around it");
        BrokenPropertyException.ThrowIfDifferent(any, EntityTagList.Matches(field, "W/" + Current, isWeakComparison: false), "a weak tag in the strong comparison");
        BrokenPropertyException.ThrowIfDifferent(weak, EntityTagList.Matches(field, "W/" + Current, isWeakComparison: true), "a weak tag in the weak comparison");
        if (strong && !any)
        {
            BrokenPropertyException.ThrowUnless(EntityTagList.Matches("\"b\" ," + field, Current, isWeakComparison: false), "behind another tag");
        }
    }

    [GeneratedRegex("""\A[ \t]*bytes=[ \t,]*(?:(?<spec>[0-9]*-[0-9]*)[ \t]*(?:,[ \t,]*|\z))+\z""", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex List();
}
