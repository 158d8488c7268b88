using CsCheck;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Configuration;

public sealed class DurationTests
{
    [Theory]
    [InlineData("10s", 10_000)]
    [InlineData("250ms", 250)]
    [InlineData("5m", 300_000)]
    [InlineData("2H", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("1.5 s", 1_500)]
    [InlineData("00:00:10", 10_000)]
    [InlineData("-1s", -1_000)]
    public void TryParse_Duration_IsRead(string text, int milliseconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("1.2.3s")]
    [InlineData("10 sec")]
    [InlineData("1,5s")]
    [InlineData("99999999999999999999d")]
    [InlineData("25:61:00")]
    public void TryParse_NoDuration_IsRefused(string text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void Format_AnyWholeMilliseconds_IsReadBack() =>
        Gen.Long[-1L << 40, 1L << 40].Sample(milliseconds =>
            Duration.TryParse(Duration.Format(TimeSpan.FromMilliseconds(milliseconds)), out var duration)
            && duration == TimeSpan.FromMilliseconds(milliseconds));
}
