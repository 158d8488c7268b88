using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

public sealed class CompressionTests
{
    [Theory]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public async Task Get_TextWithoutSibling_IsCompressedOnce(string coding)
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        var text = CodedSite.Text(20_000);
        site.Write("a.css", text);
        var plain = await site.GetAsync("/a.css", null);

        var first = await site.GetAsync("/a.css", coding);
        var second = await site.GetAsync("/a.css", coding);

        foreach (var response in new[] { first, second })
        {
            Assert.Equal(200, response.StatusCode);
            Assert.Equal(coding, response.Headers["Content-Encoding"]);
            Assert.Equal("text/css; charset=utf-8", response.Headers["Content-Type"]);
            Assert.Equal("Accept-Encoding", response.Headers["Vary"]);
            Assert.False(response.Headers.Contains("Accept-Ranges"));
            Assert.Equal(plain.Headers["Last-Modified"], response.Headers["Last-Modified"]);
            Assert.Equal(response.BodyBytes.Length, response.ContentLength);
            Assert.True(response.ContentLength < 10_000);
            Assert.Equal(text, Encoding.UTF8.GetString(CodedBytes.Decode(response)));
        }

        Assert.Equal(first.Headers["ETag"], second.Headers["ETag"]);
        Assert.Matches("^\"[^\"]+\"$", first.Headers["ETag"].ToString());
        Assert.NotEqual(plain.Headers["ETag"], first.Headers["ETag"]);
        Assert.Equal("Accept-Encoding", plain.Headers["Vary"]);
        Assert.Equal(1, site.Files.Opened);
    }

    [Fact]
    public async Task Get_EveryCoding_HasATagOfItsOwn()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000));
        var tags = new HashSet<string>();
        foreach (var coding in new[] { null, "br", "zstd", "gzip" })
        {
            tags.Add((await site.GetAsync("/a.css", coding)).Headers["ETag"].ToString());
        }

        Assert.Equal(4, tags.Count);
    }

    [Theory]
    [InlineData("image.png", 5000)]
    [InlineData("film.mp4", 5000)]
    [InlineData("archive.zip", 5000)]
    [InlineData("font.woff2", 5000)]
    [InlineData("unknown", 5000)]
    [InlineData("small.css", 1023)]
    [InlineData("large.css", 20_001)]
    [InlineData("empty.css", 0)]
    public async Task Get_WhatIsNotToBeCompressed_IsSentAsItIs(string name, int length)
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.MaxSize = 20_000);
        site.Write(name, CodedSite.Text(length));
        var response = await site.GetAsync("/" + name);
        Assert.Equal((200, length), (response.StatusCode, response.BodyBytes.Length));
        Assert.False(response.Headers.Contains("Content-Encoding"));
        Assert.False(response.Headers.Contains("Vary"));
        Assert.Equal(0, site.Files.Opened);
    }

    [Theory]
    [InlineData("a.css", 1024)]
    [InlineData("a.css", 20_000)]
    [InlineData("a.js", 5000)]
    [InlineData("a.json", 5000)]
    [InlineData("a.svg", 5000)]
    [InlineData("a.wasm", 5000)]
    [InlineData("a.html", 5000)]
    [InlineData("a.ttf", 5000)]
    public async Task Get_WhatIsToBeCompressed_IsCompressed(string name, int length)
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.MaxSize = 20_000);
        site.Write(name, CodedSite.Text(length));
        Assert.Equal("br", (await site.GetAsync("/" + name)).Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Get_Sibling_GoesBeforeCompression_UnlessTheClientLikesAnotherCodingBetter()
    {
        await using var site = await CodedSite.CreateAsync(options =>
        {
            options.Precompressed = ["gzip"];
            options.Compression.Codings = ["br", "gzip"];
        });
        var text = CodedSite.Text(5000);
        site.Write("a.css", text);
        site.WriteSibling("a.css", text, Webserv.Plugins.StaticFiles.Encodings.ContentCoding.Gzip);
        Assert.Equal("gzip", (await site.GetAsync("/a.css")).Headers["Content-Encoding"]);
        Assert.Equal(0, site.Files.Opened);
        Assert.Equal("br", (await site.GetAsync("/a.css", "gzip;q=0.9, br")).Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Get_Range_IsOneOfTheFileItself()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        var text = CodedSite.Text(5000);
        site.Write("a.css", text);
        var tag = (await site.GetAsync("/a.css")).Headers["ETag"].ToString();

        var part = await SendAsync("br", null);
        Assert.Equal((206, text[10..20], false), (part.StatusCode, part.BodyText, part.Headers.Contains("Content-Encoding")));
        Assert.Equal("Accept-Encoding", part.Headers["Vary"]);

        // What the client has a part of is coded, so none of the file fits to it.
        var whole = await SendAsync("br", tag);
        Assert.Equal((200, text, false), (whole.StatusCode, whole.BodyText, whole.Headers.Contains("Content-Encoding")));

        // Who refuses the file itself gets no ranges.
        var refused = await SendAsync("br, identity;q=0", null);
        Assert.Equal((200, "br"), (refused.StatusCode, refused.Headers["Content-Encoding"].ToString()));
        Assert.Equal(text, Encoding.UTF8.GetString(CodedBytes.Decode(refused)));

        Task<TestHttpResponse> SendAsync(string coding, string? ifRange)
        {
            var context = TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", coding).WithHeader("Range", "bytes=10-19");
            return site.SendAsync(ifRange is null ? context : context.WithHeader("If-Range", ifRange));
        }
    }

    [Fact]
    public async Task Head_BeforeAndAfterCompression_HasTheFieldsOfGet()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000));

        var before = await HeadAsync();
        Assert.Equal(0, site.Files.Opened);
        var get = await site.GetAsync("/a.css");
        var after = await HeadAsync();

        Assert.Equal(get.Headers.ToDictionary(), before.Headers.ToDictionary());
        Assert.Equal(get.Headers.ToDictionary(), after.Headers.ToDictionary());
        Assert.Equal(get.ContentLength, after.ContentLength);
        Assert.Empty(after.BodyBytes);

        Task<TestHttpResponse> HeadAsync() =>
            site.SendAsync(TestHttpContext.Head("/a.css").WithHeader("Accept-Encoding", "br").WithHeader("Range", "bytes=0-1"));
    }

    [Fact]
    public async Task Get_KnownTag_IsNotModified_AlsoAfterARestart_AndCostsNoCompression()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000));
        var tag = (await site.GetAsync("/a.css")).Headers["ETag"].ToString();

        await using var restarted = await CodedSite.CreateAsync(options => options.Compression.Codings = ["br"], site.Root);
        foreach (var list in new[] { tag, $"\"x\", W/{tag}" })
        {
            var response = await restarted.SendAsync(TestHttpContext.Get("/a.css").WithHeader("Accept-Encoding", "br").WithHeader("If-None-Match", list));
            Assert.Equal((304, tag), (response.StatusCode, response.Headers["ETag"].ToString()));
            Assert.Equal("Accept-Encoding", response.Headers["Vary"]);
        }

        Assert.Equal(0, restarted.Files.Opened);
        var other = await restarted.SendAsync(TestHttpContext.Get("/a.css").WithHeader("If-None-Match", tag));
        Assert.Equal(200, other.StatusCode);
    }

    [Fact]
    public async Task Get_AnotherEffort_IsAnotherTag()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000));
        await using var faster = await CodedSite.CreateAsync(
            options => (options.Compression.Codings, options.Compression.Effort) = (["br"], CompressionEffort.Fast), site.Root);
        Assert.NotEqual((await site.GetAsync("/a.css")).Headers["ETag"], (await faster.GetAsync("/a.css")).Headers["ETag"]);
    }

    [Fact]
    public async Task Get_WhatDoesNotBecomeSmaller_IsSentAsItIs_AndThatIsRemembered()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.Codings = ["gzip"]);
        var bytes = RandomNumberGenerator.GetBytes(5000);
        site.Write("a.txt", bytes);
        for (var i = 0; i < 3; i++)
        {
            var response = await site.GetAsync("/a.txt");
            await site.WaitUntilCompressedAsync("a.txt", 1);
            Assert.Equal((200, false), (response.StatusCode, response.Headers.Contains("Content-Encoding")));
            Assert.Equal(bytes, response.BodyBytes);
        }

        Assert.Equal(1, site.Files.Opened);
        var refused = await site.GetAsync("/a.txt", "gzip, identity;q=0");
        Assert.Equal((200, "gzip"), (refused.StatusCode, refused.Headers["Content-Encoding"].ToString()));
        Assert.Equal(bytes, CodedBytes.Decode(refused));
    }

    [Fact]
    public async Task Get_FileThatChanged_IsCompressedAnew()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000));
        var old = await site.GetAsync("/a.css");
        var text = CodedSite.Text(5000, seed: 2);
        site.Write("a.css", text, CodedSite.Modified.AddHours(1));

        var response = await site.GetAsync("/a.css");

        Assert.Equal(text, Encoding.UTF8.GetString(CodedBytes.Decode(response)));
        Assert.NotEqual(old.Headers["ETag"], response.Headers["ETag"]);
    }

    [Fact]
    public async Task Get_FileThatChangedJustNow_IsNotKept()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.css", CodedSite.Text(5000), site.Time.GetUtcNow().UtcDateTime);
        for (var count = 1; count <= 2; count++)
        {
            await site.GetAsync("/a.css");
            await site.WaitUntilCompressedAsync("a.css", count);
        }

        site.Time.Advance(TimeSpan.FromSeconds(3));
        await site.GetAsync("/a.css");
        await site.WaitUntilCompressedAsync("a.css", 3);
        await site.GetAsync("/a.css");
        Assert.Equal(3, site.Files.Opened);
    }

    [Fact]
    public async Task Get_WithoutCache_IsCompressedEveryTime()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.CacheSize = 0);
        site.Write("a.css", CodedSite.Text(5000));
        var first = await site.GetAsync("/a.css");
        var second = await site.GetAsync("/a.css");
        Assert.Equal(first.BodyBytes, second.BodyBytes);
        Assert.Equal(first.Headers["ETag"], second.Headers["ETag"]);
        Assert.Equal(2, site.Files.Opened);
    }

    [Fact]
    public async Task Get_AnyContentAndField_DecodesToTheFile()
    {
        await using var site = await CodedSite.CreateAsync(options =>
        {
            options.Compression.Codings = ["zstd", "br", "gzip"];
            options.Compression.MinSize = 1;
        });
        var pieces = Gen.OneOf(Gen.Byte.Array[0, 100], Gen.Int[0, 60_000].Select(count => new byte[count]));
        var names = Among("br", "gzip", "zstd", "identity", "*", "x-gzip", "deflate");
        var fields = Gen.Select(names, Among("", ";q=0", ";q=0.5", ";q=1", ";q=0.001"), (name, weight) => name + weight).Array[0, 5];
        var number = 0;
        await Gen.Select(pieces.Array[0, 8], fields).SampleAsync(
            async (parts, elements) =>
            {
                var name = $"f{Interlocked.Increment(ref number)}.txt";
                var content = parts.SelectMany(part => part).ToArray();
                site.Write(name, content);
                var response = await site.GetAsync("/" + name, string.Join(", ", elements));
                if (response.StatusCode != 406)
                {
                    Assert.Equal(200, response.StatusCode);
                    Assert.Equal(content, CodedBytes.Decode(response));
                }
                else
                {
                    Assert.Contains(elements, element => element.EndsWith(";q=0", StringComparison.Ordinal));
                }
            },
            iter: 200);
    }

    private static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
