using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Primitives;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class RangeFieldTests
{
    private static readonly Gen<string> Spec = Gen.OneOf(
        Gen.Select(Gen.Int[0, 60], Gen.Int[0, 60], (a, b) => string.Create(CultureInfo.InvariantCulture, $"{Math.Min(a, b)}-{Math.Max(a, b)}")),
        Gen.Int[0, 60].Select(first => string.Create(CultureInfo.InvariantCulture, $"{first}-")),
        Gen.Int[0, 60].Select(suffix => string.Create(CultureInfo.InvariantCulture, $"-{suffix}")));

    public static TheoryData<long, string, string> Rows
    {
        get
        {
            var data = new TheoryData<long, string, string>();
            foreach (var row in RangeTable.All)
            {
                data.Add(row.Length, row.Field, row.Expected);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Evaluate_Row_IsWhatTheTableSays(long length, string field, string expected) =>
        Assert.Equal(expected, Describe(field, length, 8));

    [Fact]
    public void Evaluate_SeveralLines_AreTheWhole() =>
        Assert.Equal("whole", Describe(new StringValues(["bytes=0-1", "bytes=2-3"]), 10, 8));

    [Theory]
    [InlineData("bytes=0-0", 0, "whole")]
    [InlineData("bytes=0-0", 1, "0-0")]
    [InlineData("bytes=0-0,2-2", 1, "whole")]
    [InlineData("bytes=0-0,20-", 1, "whole")]
    [InlineData("bytes=0-0,0-0", 1, "whole")]
    [InlineData("bytes=0-0,2-2", 2, "0-0 2-2")]
    public void Evaluate_MoreThanTheLimit_IsTheWhole(string field, int limit, string expected) =>
        Assert.Equal(expected, Describe(field, 10, limit));

    [Fact]
    public void Evaluate_AnySet_IsWhatSlicingGives() =>
        Gen.Select(Gen.Int[1, 50], Spec.Array[1, 12]).Sample((length, specs) =>
        {
            var wanted = new bool[length];
            foreach (var spec in specs)
            {
                foreach (var index in Slice(spec, length))
                {
                    wanted[index] = true;
                }
            }

            var ranges = new ByteRange[12];
            var outcome = RangeField.Evaluate("bytes=" + string.Join(", ", specs), length, ranges, out var count);
            var got = new bool[length];
            foreach (var range in ranges[..count])
            {
                for (var index = range.Offset; index <= range.Last; index++)
                {
                    Assert.False(got[index], "a byte twice");
                    got[index] = true;
                }
            }

            Assert.Equal(wanted, got);
            Assert.Equal(
                !wanted.Contains(true) ? RangeOutcome.NotSatisfiable : count == 1 ? RangeOutcome.Part : RangeOutcome.Parts, outcome);
            Assert.DoesNotContain(
                Enumerable.Range(0, count), a => Enumerable.Range(a + 1, count - a - 1).Any(b => ranges[a].Touches(ranges[b])));
        });

    [Fact]
    public void Evaluate_AnyText_StaysWithinTheFile() =>
        Gen.Select(Gen.Char["0123456789-,=bytes "].Array[0, 12], Gen.Long[0, long.MaxValue]).Sample((text, length) =>
        {
            var ranges = new ByteRange[8];
            RangeField.Evaluate("bytes=" + new string(text), length, ranges, out var count);
            return ranges[..count].All(range => range.Offset >= 0 && range.Count >= 1 && range.Count <= length - range.Offset);
        });

    private static IEnumerable<int> Slice(string spec, int length)
    {
        var numbers = spec.Split('-');
        var all = Enumerable.Range(0, length);
        return numbers switch
        {
            ["", var suffix] => all.TakeLast(int.Parse(suffix, CultureInfo.InvariantCulture)),
            [var first, ""] => all.Skip(int.Parse(first, CultureInfo.InvariantCulture)),
            [var first, var last] => all.Where(i => i >= int.Parse(first, CultureInfo.InvariantCulture) && i <= int.Parse(last, CultureInfo.InvariantCulture)),
            _ => throw new ArgumentException(spec, nameof(spec)),
        };
    }

    private static string Describe(StringValues field, long length, int limit)
    {
        var ranges = new ByteRange[limit];
        var outcome = RangeField.Evaluate(field, length, ranges, out var count);
        Assert.Equal(outcome switch { RangeOutcome.Part => 1, RangeOutcome.Parts => Math.Max(count, 2), _ => 0 }, count);
        return outcome switch
        {
            RangeOutcome.Whole => "whole",
            RangeOutcome.NotSatisfiable => "none",
            _ => string.Join(' ', ranges[..count].Select(range => string.Create(CultureInfo.InvariantCulture, $"{range.Offset}-{range.Last}"))),
        };
    }
}
