using System.Text;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

public sealed class PrecompressedTests
{
    private const string Original = "body { color: black }";

    [Theory]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public async Task Get_SiblingInACoding_IsSentInPlaceOfTheFile(string name)
    {
        await using var site = await CreateAsync();
        var plain = await site.GetAsync("/a.css", null);
        var coded = await site.GetAsync("/a.css", name);

        Assert.Equal(200, coded.StatusCode);
        Assert.Equal(name, coded.Headers["Content-Encoding"]);
        Assert.Equal("text/css; charset=utf-8", coded.Headers["Content-Type"]);
        Assert.Equal("Accept-Encoding", coded.Headers["Vary"]);
        Assert.Equal("bytes", coded.Headers["Accept-Ranges"]);
        Assert.Equal(coded.BodyBytes.Length, coded.ContentLength);
        Assert.Equal(Original, Encoding.UTF8.GetString(CodedBytes.Decode(coded)));
        Assert.Equal(Original, plain.BodyText);
        Assert.Equal("Accept-Encoding", plain.Headers["Vary"]);
        Assert.False(plain.Headers.Contains("Content-Encoding"));
        Assert.NotEqual(plain.Headers["ETag"], coded.Headers["ETag"]);
    }

    [Fact]
    public async Task Get_EveryCoding_HasATagOfItsOwn()
    {
        await using var site = await CreateAsync();
        var tags = new HashSet<string>();
        foreach (var coding in new[] { null, "br", "zstd", "gzip" })
        {
            tags.Add((await site.GetAsync("/a.css", coding)).Headers["ETag"].ToString());
        }

        Assert.Equal(4, tags.Count);
        Assert.All(tags, tag => Assert.Matches("^\"[^\"]+\"$", tag));
    }

    [Fact]
    public async Task Get_TagOfTheCoding_IsNotModified_AndThatOfAnotherIs()
    {
        await using var site = await CreateAsync();
        var tag = (await site.GetAsync("/a.css", "br")).Headers["ETag"].ToString();

        var same = await SendAsync("br");
        Assert.Equal(304, same.StatusCode);
        Assert.Equal(tag, same.Headers["ETag"]);
        Assert.Equal("Accept-Encoding", same.Headers["Vary"]);
        Assert.False(same.Headers.Contains("Content-Encoding"));
        Assert.Equal(200, (await SendAsync("gzip")).StatusCode);
        Assert.Equal(200, (await SendAsync("identity")).StatusCode);

        Task<TestHttpResponse> SendAsync(string coding) =>
            site.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", coding).WithHeader("If-None-Match", tag));
    }

    [Fact]
    public async Task Get_FailedCondition_StillVaries()
    {
        await using var site = await CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "br").WithHeader("If-Match", "\"x\""));
        Assert.Equal((412, "Accept-Encoding"), (response.StatusCode, response.Headers["Vary"].ToString()));
    }

    [Fact]
    public async Task Get_Range_IsOneOfTheCoding()
    {
        await using var site = await CreateAsync();
        var whole = await site.GetAsync("/a.css", "br");
        var part = await site.SendAsync(
            TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "br").WithHeader("Range", "bytes=3-6").WithHeader("If-Range", whole.Headers["ETag"].ToString()));

        Assert.Equal(206, part.StatusCode);
        Assert.Equal($"bytes 3-6/{whole.BodyBytes.Length}", part.Headers["Content-Range"]);
        Assert.Equal("br", part.Headers["Content-Encoding"]);
        Assert.Equal(whole.Headers["ETag"], part.Headers["ETag"]);
        Assert.Equal("Accept-Encoding", part.Headers["Vary"]);
        Assert.Equal(whole.BodyBytes[3..7], part.BodyBytes);
    }

    [Fact]
    public async Task Get_RangeWithTheTagOfAnotherCoding_IsTheWhole()
    {
        await using var site = await CreateAsync();
        var tag = (await site.GetAsync("/a.css", null)).Headers["ETag"].ToString();
        var response = await site.SendAsync(
            TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "br").WithHeader("Range", "bytes=3-6").WithHeader("If-Range", tag));
        Assert.Equal((200, Original), (response.StatusCode, Encoding.UTF8.GetString(CodedBytes.Decode(response))));
    }

    [Fact]
    public async Task Head_Sibling_HasTheFieldsOfGet()
    {
        await using var site = await CreateAsync();
        var get = await site.GetAsync("/a.css");
        var head = await site.SendAsync(TestHttpContext.Head("/a.css").WithHeader("Accept-Encoding", "gzip, deflate, br, zstd"));
        Assert.Equal("br", head.Headers["Content-Encoding"]);
        Assert.Equal(get.ContentLength, head.ContentLength);
        Assert.Equal(get.Headers.ToDictionary(), head.Headers.ToDictionary());
    }

    [Fact]
    public async Task Get_IndexFile_HasSiblingsToo()
    {
        await using var site = await CreateAsync();
        site.Write("d/index.html", "<p>d");
        site.WriteSibling("d/index.html", "<p>d", ContentCoding.Zstandard);
        var response = await site.GetAsync("/d/");
        Assert.Equal(("zstd", "text/html; charset=utf-8"), (response.Headers["Content-Encoding"].ToString(), response.Headers["Content-Type"].ToString()));
        Assert.Equal("<p>d"u8, CodedBytes.Decode(response));
    }

    [Fact]
    public async Task Get_FileWithoutSiblings_DoesNotVary()
    {
        await using var site = await CreateAsync();
        site.Write("b.css", Original);
        var response = await site.GetAsync("/b.css");
        Assert.Equal((200, false, false), (response.StatusCode, response.Headers.Contains("Vary"), response.Headers.Contains("Content-Encoding")));
    }

    [Fact]
    public async Task Get_SiblingByItsName_IsAFileLikeAnyOther()
    {
        await using var site = await CreateAsync();
        var response = await site.GetAsync("/a.css.gz");
        Assert.Equal("application/gzip", response.Headers["Content-Type"]);
        Assert.False(response.Headers.Contains("Content-Encoding"));
        Assert.Equal(Original, Encoding.UTF8.GetString(CodedBytes.Decode("gzip", response.BodyBytes)));
    }

    [Fact]
    public async Task Get_WithoutTheOption_SiblingsAreNotLookedAt()
    {
        await using var site = await CodedSite.CreateAsync(_ => { });
        site.Write("a.css", Original);
        site.WriteSibling("a.css", "something else", ContentCoding.Brotli);
        var response = await site.GetAsync("/a.css", "br, *;q=0");
        Assert.Equal((200, Original, false), (response.StatusCode, response.BodyText, response.Headers.Contains("Vary")));
    }

    [Fact]
    public async Task Get_StaleSibling_IsNotServed_AndNamedOnceAMinute()
    {
        await using var site = await CodedSite.CreatePrecompressedAsync("br", "gzip");
        site.Write("a.css", "new", CodedSite.Modified.AddSeconds(1));
        site.WriteSibling("a.css", "old", ContentCoding.Brotli);

        for (var i = 0; i < 3; i++)
        {
            var response = await site.GetAsync("/a.css");
            Assert.Equal(("new", false), (response.BodyText, response.Headers.Contains("Vary")));
        }

        Assert.Equal(1, Entries());
        site.Time.Advance(TimeSpan.FromMinutes(1));
        await site.GetAsync("/a.css");
        Assert.Equal(2, Entries());

        // As old as the file is what tools make that keep the time; newer, what others make.
        site.WriteSibling("a.css", "new", ContentCoding.Gzip, CodedSite.Modified.AddSeconds(1));
        Assert.Equal("gzip", (await site.GetAsync("/a.css")).Headers["Content-Encoding"]);
        site.WriteSibling("a.css", "new", ContentCoding.Brotli, CodedSite.Modified.AddSeconds(2));
        Assert.Equal("br", (await site.GetAsync("/a.css")).Headers["Content-Encoding"]);

        int Entries() => site.Log.Entries.Count(entry => entry.Message.StartsWith($"{site.Root}/a.css.br is empty or older", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Get_WhatCannotBeASibling_IsNotServed()
    {
        await using var site = await CodedSite.CreatePrecompressedAsync("br", "gzip", "zstd");
        site.Write("a.css", Original);
        site.Write("a.css.br", []);
        Directory.CreateDirectory(Path.Combine(site.Root, "a.css.gz"));
        File.CreateSymbolicLink(Path.Combine(site.Root, "a.css.zst"), "/etc/passwd");
        var response = await site.GetAsync("/a.css");
        Assert.Equal((200, Original, false), (response.StatusCode, response.BodyText, response.Headers.Contains("Vary")));
    }

    [Fact]
    public async Task Get_SeveralRangesOfACodedFile_IsTheWhole()
    {
        await using var site = await CreateAsync();
        var coded = (await site.GetAsync("/a.css", "gzip")).BodyBytes;
        var response = await site.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "gzip").WithHeader("Range", "bytes=0-1,4-5"));
        Assert.Equal((200, "gzip"), (response.StatusCode, response.Headers["Content-Encoding"].ToString()));
        Assert.StartsWith("text/css", response.Headers["Content-Type"].ToString(), StringComparison.Ordinal);
        Assert.Equal(coded, response.BodyBytes);

        var one = await site.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "gzip").WithHeader("Range", "bytes=0-1"));
        Assert.Equal((206, "gzip"), (one.StatusCode, one.Headers["Content-Encoding"].ToString()));

        var plain = await site.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Range", "bytes=0-1,4-5"));
        Assert.Equal((206, false), (plain.StatusCode, plain.Headers.Contains("Content-Encoding")));
        Assert.StartsWith("multipart/byteranges", plain.Headers["Content-Type"].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_VaryAmongTheExtraFields_IsKept()
    {
        await using var site = await CodedSite.CreateAsync(options =>
        {
            options.Precompressed = ["gzip"];
            options.ExtraFields["Vary"] = "Origin";
        });
        site.Write("a.css", Original);
        Assert.Equal("Origin", (await site.GetAsync("/a.css")).Headers["Vary"]);
        site.WriteSibling("a.css", Original, ContentCoding.Gzip);
        Assert.Equal("Origin,Accept-Encoding", (await site.GetAsync("/a.css")).Headers["Vary"].ToString());
    }

    private static async Task<CodedSite> CreateAsync()
    {
        var site = await CodedSite.CreatePrecompressedAsync("br", "zstd", "gzip");
        site.Write("a.css", Original);
        foreach (var coding in ContentCoding.All)
        {
            site.WriteSibling("a.css", Original, coding);
        }

        return site;
    }
}
