using System.Globalization;
using CsCheck;
using Webserv.Representations;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class HttpDateTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z")]
    [InlineData("Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z")]
    [InlineData("Wed Nov 16 08:49:37 1994", "1994-11-16T08:49:37Z")]
    [InlineData(" Sun, 06 Nov 1994 08:49:37 GMT\t", "1994-11-06T08:49:37Z")]
    [InlineData("Thu, 29 Feb 2024 23:59:59 GMT", "2024-02-29T23:59:59Z")]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z")]
    [InlineData("Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59Z")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", "9999-12-31T23:59:59Z")]
    [InlineData("Saturday, 01-Jan-00 00:00:00 GMT", "2000-01-01T00:00:00Z")]
    [InlineData("Wednesday, 01-Jan-75 00:00:00 GMT", "2075-01-01T00:00:00Z")]
    [InlineData("Saturday, 01-Jan-77 00:00:00 GMT", "1977-01-01T00:00:00Z")]
    [InlineData("Friday, 01-Jan-99 00:00:00 GMT", "1999-01-01T00:00:00Z")]
    public void TryParse_ThreeForms_AreRead(string text, string expected)
    {
        Assert.True(HttpDate.TryParse(text, Now, out var date));
        Assert.Equal(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture), date);
    }

    [Theory]
    [InlineData("")]
    [InlineData(",")]
    [InlineData("0")]
    [InlineData("yesterday")]
    [InlineData("Sun, 06 Nov 1994")]
    [InlineData("Sun, 06 Nov 1994 08:49:37")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 UTC")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 +0000")]
    [InlineData("Sun, 6 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 32 Nov 1994 08:49:37 GMT")]
    [InlineData("Sun, 06 Nov 1994 24:00:00 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:61:00 GMT")]
    [InlineData("Sun, 29 Feb 2023 08:49:37 GMT")]
    [InlineData("1994-11-06T08:49:37Z")]
    [InlineData("Sun Nov 06 08:49:37 1994 GMT")]
    [InlineData("Sun, 06 Nov 1994 08:49:37 GMT, Mon, 07 Nov 1994 08:49:37 GMT")]
    [InlineData("\"Sy, 06 Nov 1994 08:49:37 GMT")]
    [InlineData("W/5u, 06-Nov-94 08:49:37 GMT")]
    [InlineData("\"a- Nov 06 08:49:37 1994")]
    public void TryParse_AnythingElse_IsNoDate(string text) => Assert.False(HttpDate.TryParse(text, Now, out _));

    [Fact]
    public void TryParse_WhatIsWritten_IsReadBack() =>
        Gen.Long[-62135596800, 253402300799].Sample(seconds =>
        {
            var date = DateTimeOffset.FromUnixTimeSeconds(seconds);
            return HttpDate.TryParse(date.ToString("R", CultureInfo.InvariantCulture), Now, out var read) && read == date;
        });

    [Fact]
    public void TryParse_AnyText_DoesNotThrow() => Gen.String.Sample(text => HttpDate.TryParse(text, Now, out _) || true);
}
