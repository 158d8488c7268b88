using System.Net;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class FileTests(SampleSite site) : IClassFixture<SampleSite>
{
    private const string Picture = "/gallery/lines.png";
    private const string Large = "/downloads/large.bin";
    private const int LargeLength = 1024 * 1024;

    [Fact]
    public async Task Get_File_IsByteForByteWhatLiesThere()
    {
        var expected = await File.ReadAllBytesAsync(site.Folder.Combine("sample-site", "main", "gallery", "lines.png"), TestContext.Current.CancellationToken);
        Assert.Equal(expected, await site.Client.GetByteArrayAsync(Picture, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("gzip, deflate, br, zstd")]
    public async Task Curl_Compressed_WritesWhatLiesThere(string accepted)
    {
        // The second answer comes from memory, with its length.
        foreach (var from in new[] { "compression", "memory" })
        {
            var (copy, head) = (site.Folder.Combine($"copy-{from}.css"), site.Folder.Combine($"head-{from}.txt"));
            var curl = await ExternalProgram.CurlAsync(
                "-f", "--compressed", "-H", $"Accept-Encoding: {accepted}", "-D", head, "-o", copy, new Uri(site.Server.Address, "/assets/site.css").ToString());
            curl.Succeeded();
            Assert.Equal(
                await File.ReadAllBytesAsync(site.Folder.Combine("sample-site", "main", "assets", "site.css"), TestContext.Current.CancellationToken),
                await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
            var fields = await File.ReadAllTextAsync(head, TestContext.Current.CancellationToken);
            Assert.Contains(accepted == "gzip" ? "\r\nContent-Encoding: gzip\r\n" : "\r\nContent-Encoding: br\r\n", fields, StringComparison.Ordinal);
            Assert.Contains("\r\nVary: Accept-Encoding\r\n", fields, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Get_NameWithSpacesAndUmlauts_IsFoundEncoded() =>
        Assert.NotEmpty(await site.Client.GetTextAsync("/downloads/Gr%C3%BC%C3%9Fe%20%26%20notes.txt"));

    [Fact]
    public async Task Head_File_HasTheFieldsOfGetAndNoBody()
    {
        using var client = await site.Server.ConnectAsync();
        await client.SendAsync($"HEAD {Picture} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        var head = await client.ReadToEndAsync();
        Assert.EndsWith("\r\n\r\n", head, StringComparison.Ordinal);
        using var response = await site.Client.FetchAsync(Picture);
        Assert.Contains($"\r\nContent-Length: {response.Content.Headers.ContentLength}\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nETag: {response.Headers.ETag}\r\n", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_WhatTheClientHas_Is304()
    {
        using var first = await site.Client.FetchAsync(Picture);
        var tag = first.Headers.ETag!.ToString();
        var modified = first.Content.Headers.LastModified!.Value.ToString("r");
        using var byTag = await site.Client.FetchAsync(Picture, ("If-None-Match", tag));
        using var byDate = await site.Client.FetchAsync(Picture, ("If-Modified-Since", modified));
        using var other = await site.Client.FetchAsync(Picture, ("If-None-Match", "\"other\""), ("If-Modified-Since", modified));
        Assert.Equal(
            (HttpStatusCode.NotModified, HttpStatusCode.NotModified, HttpStatusCode.OK),
            (byTag.StatusCode, byDate.StatusCode, other.StatusCode));
        Assert.Equal(tag, byTag.Headers.ETag?.ToString());
    }

    [Fact]
    public async Task Get_PreconditionThatFails_Is412()
    {
        using var response = await site.Client.FetchAsync(Picture, ("If-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, response.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=640-", 640, LargeLength - 640)]
    [InlineData("bytes=-64", LargeLength - 64, 64)]
    [InlineData("bytes=1048570-9999999", 1048570, 6)]
    public async Task Get_Range_Is206WithThosesBytes(string range, int offset, int length)
    {
        using var response = await site.Client.FetchAsync(Large, ("Range", range));
        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {offset}-{offset + length - 1}/{LargeLength}", response.Content.Headers.ContentRange?.ToString());
        var whole = await File.ReadAllBytesAsync(site.Folder.Combine("sample-site", "main", "downloads", "large.bin"), TestContext.Current.CancellationToken);
        Assert.Equal(whole.AsSpan(offset, length).ToArray(), await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Get_RangeBehindTheEnd_Is416WithTheLength()
    {
        using var response = await site.Client.FetchAsync(Large, ("Range", $"bytes={LargeLength}-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal($"bytes */{LargeLength}", response.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public async Task Get_IfRangeOfAnOlderVersion_IsTheWholeFile()
    {
        using var response = await site.Client.FetchAsync(Large, ("Range", "bytes=0-9"), ("If-Range", "\"older\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(LargeLength, response.Content.Headers.ContentLength);
    }

    [Theory]
    [InlineData("/app/", "no-cache")]
    [InlineData("/app/calls/send", "no-cache")]
    [InlineData("/app/index.html", "no-cache")]
    [InlineData("/app/assets/app.6d1f09c4.js", "public, max-age=31536000, immutable")]
    public async Task Get_Application_IsOnePageAndAssetsThatAreKept(string target, string cacheControl)
    {
        using var response = await site.Client.FetchAsync(target, ("Accept", "text/html,*/*;q=0.8"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([cacheControl], response.Headers.GetValues("Cache-Control"));
        var file = target.EndsWith(".js", StringComparison.Ordinal) ? target["/app/".Length..] : "index.html";
        Assert.Equal(
            await File.ReadAllTextAsync(site.Folder.Combine("sample-site", "app", file), TestContext.Current.CancellationToken),
            await response.ReadTextAsync());
    }

    [Theory]
    [InlineData("/app/assets/app.00000000.js", "*/*")]
    [InlineData("/app/calls/send", "application/json")]
    public async Task Get_WhatIsMissingInTheApplicationAndNoPage_Is404(string target, string accept)
    {
        using var response = await site.Client.FetchAsync(target, ("Accept", accept));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_MoreThanTheBranchTakes_Is413WithTheSitesPage(bool chunked)
    {
        var body = Encoding.ASCII.GetBytes(new string('x', 4096));
        using var content = chunked ? RequestExtensions.Chunked(body) : new ByteArrayContent(body);
        using var response = await site.Client.SendAsync("POST", "/short/upper.py", content, ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains(
            await File.ReadAllTextAsync(site.Folder.Combine("sample-site", "main", "errors", "413.html"), TestContext.Current.CancellationToken),
            await response.ReadTextAsync(),
            StringComparison.Ordinal);
    }
}
