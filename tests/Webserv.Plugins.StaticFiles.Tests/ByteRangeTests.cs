using System.Globalization;
using CsCheck;
using Microsoft.Extensions.Primitives;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 10, 0, 1)]
    [InlineData("bytes=0-9", 10, 0, 10)]
    [InlineData("bytes=0-", 10, 0, 10)]
    [InlineData("bytes=9-", 10, 9, 1)]
    [InlineData("bytes=2-4", 10, 2, 3)]
    [InlineData("bytes=2-100", 10, 2, 8)]
    [InlineData("bytes=-1", 10, 9, 1)]
    [InlineData("bytes=-10", 10, 0, 10)]
    [InlineData("bytes=-11", 10, 0, 10)]
    [InlineData("BYTES=1-1", 10, 1, 1)]
    [InlineData("bytes= 1-1 ", 10, 1, 1)]
    [InlineData("bytes=,1-1,", 10, 1, 1)]
    [InlineData("bytes=00001-0000000000000000000000002", 10, 1, 2)]
    [InlineData("bytes=1-99999999999999999999999999999999", 10, 1, 9)]
    [InlineData("bytes=-99999999999999999999999999999999", 10, 0, 10)]
    [InlineData("bytes=9223372036854775806-", long.MaxValue, 9223372036854775806, 1)]
    public void Evaluate_SingleRange_IsThatPart(string field, long length, long offset, long count)
    {
        Assert.Equal(RangeOutcome.Part, ByteRange.Evaluate(field, length, out var range));
        Assert.Equal(new ByteRange(offset, count), range);
    }

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=0-0", 0)]
    [InlineData("bytes=-0", 0)]
    [InlineData("bytes=99999999999999999999999999999999-", 10)]
    public void Evaluate_BeyondTheEnd_IsNotSatisfiable(string field, long length) =>
        Assert.Equal(RangeOutcome.NotSatisfiable, ByteRange.Evaluate(field, length, out _));

    [Theory]
    [InlineData("", 10)]
    [InlineData("bytes", 10)]
    [InlineData("bytes=", 10)]
    [InlineData("bytes=-", 10)]
    [InlineData("bytes=a-b", 10)]
    [InlineData("bytes=1", 10)]
    [InlineData("bytes=5-2", 10)]
    [InlineData("bytes=1-2-3", 10)]
    [InlineData("bytes=--1", 10)]
    [InlineData("bytes=+1-2", 10)]
    [InlineData("bytes=1 - 2", 10)]
    [InlineData("bytes=1-2x", 10)]
    [InlineData("bytes=0x1-2", 10)]
    [InlineData("bytes=١-٢", 10)]
    [InlineData("bytes =1-2", 10)]
    [InlineData("items=0-1", 10)]
    [InlineData("none", 10)]
    [InlineData("bytes=0-1,3-4", 10)]
    [InlineData("bytes=0-1, -1", 10)]
    [InlineData("bytes=20-,30-", 10)]
    [InlineData("bytes=-5", 0)]
    public void Evaluate_NoSingleRange_IsTheWhole(string field, long length) =>
        Assert.Equal(RangeOutcome.Whole, ByteRange.Evaluate(field, length, out _));

    [Fact]
    public void Evaluate_SeveralLines_AreTheWhole() =>
        Assert.Equal(RangeOutcome.Whole, ByteRange.Evaluate(new StringValues(["bytes=0-1", "bytes=2-3"]), 10, out _));

    [Fact]
    public void Evaluate_AnyFirstAndLast_IsWhatSlicingGives() =>
        Gen.Select(Gen.Long[0, 40], Gen.Long[0, 60], Gen.Long[0, 60]).Sample((length, first, last) =>
        {
            var bytes = Enumerable.Range(0, (int)length).ToArray();
            var expected = bytes.Where(i => i >= first && i <= last).ToArray();
            var outcome = ByteRange.Evaluate(string.Create(CultureInfo.InvariantCulture, $"bytes={first}-{last}"), length, out var range);
            return last < first ? outcome == RangeOutcome.Whole
                : expected.Length == 0 ? outcome == RangeOutcome.NotSatisfiable
                : outcome == RangeOutcome.Part && bytes.AsSpan((int)range.Offset, (int)range.Count).SequenceEqual(expected);
        });

    [Fact]
    public void Evaluate_AnyText_StaysWithinTheFile() =>
        Gen.Select(Gen.Char["0123456789-,=bytes "].Array[0, 12], Gen.Long[0, long.MaxValue]).Sample((text, length) =>
            ByteRange.Evaluate("bytes=" + new string(text), length, out var range) != RangeOutcome.Part
            || (range.Offset >= 0 && range.Count >= 1 && range.Count <= length - range.Offset));
}
