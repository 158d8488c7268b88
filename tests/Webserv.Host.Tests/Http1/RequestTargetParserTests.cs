using System.Text;
using CsCheck;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

public sealed class RequestTargetParserTests
{
    private static readonly string[] Parts =
        ["/", "/", ".", "..", "%2e", "%2E", "%2f", "%2F", "%25", "%5c", "%C3%A9", "%ff", "%C3", "%80", "a", "b", "?", "x=1", ";", "%20", "%0d"];

    private static readonly Gen<string> AnyPath =
        Gen.Int[0, Parts.Length - 1].Array[0, 20].Select(indices => "/" + string.Concat(indices.Select(index => Parts[index])));

    [Theory]
    [MemberData(nameof(RequestTargetCases.OriginForm), MemberType = typeof(RequestTargetCases))]
    public void Parse_OriginForm_DecodesAndNormalises(string raw, string path, string query) =>
        Assert.Equal(new RequestTarget(raw, path, query, null), Parse(raw));

    [Theory]
    [InlineData("http://a", "/", "", "a")]
    [InlineData("http://a/", "/", "", "a")]
    [InlineData("HTTP://A/", "/", "", "A")]
    [InlineData("http://a:80/b?c", "/b", "c", "a:80")]
    [InlineData("http://a?b", "/", "b", "a")]
    [InlineData("http://a?b/c", "/", "b/c", "a")]
    [InlineData("http://[::1]:80/", "/", "", "[::1]:80")]
    [InlineData("http://a//b/../%63", "/c", "", "a")]
    [InlineData("http://u@a/", "/", "", "u@a")]
    [InlineData("https://a", "/", "", "a")]
    [InlineData("HTTPS://a:444/b/../c?d", "/c", "d", "a:444")]
    [InlineData("https://a?b/c", "/", "b/c", "a")]
    public void Parse_AbsoluteForm_GivesTheAuthority(string raw, string path, string query, string authority) =>
        Assert.Equal(new RequestTarget(raw, path, query, authority), Parse(raw));

    [Theory]
    [MemberData(nameof(RequestTargetCases.Malformed), MemberType = typeof(RequestTargetCases))]
    public void Parse_Malformed_IsNull(string raw) => Assert.Null(Parse(raw));

    [Fact]
    public void Parse_AsteriskForm_IsForOptionsAlone()
    {
        Assert.Equal(new RequestTarget("*", "*", "", null), RequestTargetParser.Parse("*"u8, "OPTIONS"));
        Assert.Null(RequestTargetParser.Parse("*"u8, "GET"));
        Assert.Null(RequestTargetParser.Parse("**"u8, "OPTIONS"));
    }

    [Theory]
    [InlineData("/a%20b?c", "/a b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("", null)]
    [InlineData("a", null)]
    [InlineData("*", null)]
    [InlineData("http://a/", null)]
    [InlineData("/a b", null)]
    [InlineData("/a\r\nb", null)]
    [InlineData("/é", null)]
    [InlineData("/a#b", null)]
    [InlineData("/%00", null)]
    public void ParseLocal_Target_IsPathOnly(string target, string? path) => Assert.Equal(path, RequestTargetParser.ParseLocal(target)?.Path);

    [Fact]
    public void Parse_AnyPath_NeverLeavesTheRoot() =>
        AnyPath.Sample(raw =>
        {
            var target = Parse(raw)!;
            Assert.StartsWith("/", target.Path, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', target.Path);
            Assert.DoesNotContain("//", target.Path, StringComparison.Ordinal);
            Assert.DoesNotContain(target.Path.Split('/'), segment => segment is "." or "..");
            Assert.Equal(raw, target.Raw);
        });

    [Fact]
    public void Parse_WhatItYieldedEncodedAgain_YieldsTheSame() =>
        AnyPath.Sample(raw =>
        {
            var path = Parse(raw)!.Path;
            Assert.Equal(path, Parse(Encode(path))!.Path);
        });

    [Fact]
    public void Parse_AnyVisibleAscii_NeverThrows() =>
        Gen.Char['!', '~'].Array[1, 40].Sample(characters => Parse(new string(characters)));

    [Fact]
    public void Cache_SameTarget_IsTheSameInstance()
    {
        var cache = new RequestTargetCache();
        var first = cache.Parse("/a?b"u8, "GET");
        Assert.Same(first, cache.Parse("/a?b"u8, "POST"));
        Assert.Null(cache.Parse("/%00"u8, "GET"));
        Assert.Null(cache.Parse("/%00"u8, "GET"));
    }

    [Fact]
    public void Cache_MoreTargetsThanSlots_EachGetsItsOwn()
    {
        // Far more than there are slots: most of them collide.
        var cache = new RequestTargetCache();
        for (var round = 0; round < 2; round++)
        {
            for (var index = 0; index < 10_000; index++)
            {
                var raw = $"/{index}";
                Assert.Equal(raw, cache.Parse(Encoding.ASCII.GetBytes(raw), "GET")!.Path);
            }
        }
    }

    [Fact]
    public void Cache_TargetsThatCollide_TakeEachOthersPlace()
    {
        var first = "/0"u8.ToArray();
        var second = Enumerable.Range(1, 100_000).Select(index => Encoding.ASCII.GetBytes($"/{index}"))
            .First(bytes => Octets.Hash(bytes) % 2048 == Octets.Hash(first) % 2048);
        var cache = new RequestTargetCache();
        var before = cache.Parse(first, "GET");
        Assert.Equal(Encoding.ASCII.GetString(second), cache.Parse(second, "GET")!.Path);
        var after = cache.Parse(first, "GET");
        Assert.Equal(before, after);
        Assert.NotSame(before, after);
    }

    [Fact]
    public void Cache_LongTarget_IsNotKept()
    {
        var cache = new RequestTargetCache();
        var raw = Encoding.ASCII.GetBytes("/" + new string('x', 256));
        Assert.NotSame(cache.Parse(raw, "GET"), cache.Parse(raw, "GET"));
    }

    private static RequestTarget? Parse(string raw) => RequestTargetParser.Parse(Encoding.ASCII.GetBytes(raw), "GET");

    private static string Encode(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
