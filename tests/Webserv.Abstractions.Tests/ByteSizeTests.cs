using Webserv.Abstractions.Configuration;

namespace Webserv.Abstractions.Tests;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("512", 512)]
    [InlineData("512B", 512)]
    [InlineData("16KB", 16 << 10)]
    [InlineData("16 kib", 16 << 10)]
    [InlineData("10MB", 10 << 20)]
    [InlineData("2G", 2L << 30)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void TryParse_Size_IsRead(string text, long expected)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(expected, size.Bytes);
    }

    [Theory]
    [InlineData("10MBB")]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5MB")]
    [InlineData("MB")]
    [InlineData("9223372036854775808")]
    [InlineData("9223372036854775807KB")]
    public void TryParse_NotASize_IsRefused(string? text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(1000, "1000")]
    [InlineData(1024, "1KB")]
    [InlineData(10 << 20, "10MB")]
    [InlineData(3L << 40, "3TB")]
    public void ToString_Size_HasTheLargestWholeUnit(long bytes, string expected) =>
        Assert.Equal(expected, new ByteSize(bytes).ToString());
}
