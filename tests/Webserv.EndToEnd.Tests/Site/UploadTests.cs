using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class UploadTests(SampleSite site) : IClassFixture<SampleSite>
{
    private readonly byte[] _bytes = RandomNumberGenerator.GetBytes(300_000);

    [Fact]
    public async Task Post_FormOfCurl_IsStoredListedAndFetchedBack()
    {
        var source = site.Folder.Write("my photo.bin", _bytes);
        var answer = await ExternalProgram.CurlAsync("-f", "-F", $"file=@{source}", new Uri(site.Server.Address, "/uploads/").AbsoluteUri);
        using var json = JsonDocument.Parse(answer.Succeeded());
        var location = json.RootElement[0].GetProperty("location").GetString()!;
        Assert.Equal(_bytes.Length, json.RootElement[0].GetProperty("size").GetInt64());
        Assert.Contains(">my photo.bin<", await site.Client.GetTextAsync("/uploads/"), StringComparison.Ordinal);
        var copy = site.Folder.Combine("copy.bin");
        (await ExternalProgram.CurlAsync("-f", "-o", copy, new Uri(site.Server.Address, location).AbsoluteUri)).Succeeded();
        Assert.Equal(_bytes, await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Put_ThenGetThenDelete_ComesAndGoes()
    {
        // Each step is seen by the next request already: the open-file cache may remember neither the miss nor the file.
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync("/uploads/a%20b.txt"));
        using var put = await site.Client.SendAsync("PUT", "/uploads/a%20b.txt", RequestExtensions.Chunked(_bytes));
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal("/uploads/a%20b.txt", put.Headers.Location?.OriginalString);
        Assert.Equal(_bytes, await site.Client.GetByteArrayAsync(put.Headers.Location, TestContext.Current.CancellationToken));
        using var deleted = await site.Client.SendAsync("DELETE", "/uploads/a%20b.txt", null);
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, await GetStatusAsync("/uploads/a%20b.txt"));
    }

    [Fact]
    public async Task Put_NameThatIsTaken_GetsANumber()
    {
        using var first = await site.Client.SendAsync("PUT", "/uploads/twice.txt", new StringContent("one"));
        using var second = await site.Client.SendAsync("PUT", "/uploads/twice.txt", new StringContent("two"));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.NotEqual(first.Headers.Location, second.Headers.Location);
        Assert.Equal("one", await site.Client.GetTextAsync("/uploads/twice.txt"));
        Assert.Equal("two", await site.Client.GetTextAsync(second.Headers.Location!.OriginalString));
    }

    [Fact]
    public async Task Put_TwentyClientsAtOnce_LeaveWholeFilesOnly()
    {
        var bodies = Enumerable.Range(0, 20).Select(number => new string((char)('a' + number), 200_000)).ToArray();
        var responses = await Task.WhenAll(bodies.Select(body => site.Client.SendAsync("PUT", "/uploads/race.txt", new StringContent(body))));
        Assert.All(responses, response => Assert.Equal(HttpStatusCode.Created, response.StatusCode));
        var stored = await Task.WhenAll(responses.Select(response => site.Client.GetTextAsync(response.Headers.Location!.OriginalString)));
        Assert.Equal(bodies, stored);
    }

    [Fact]
    public async Task Get_UploadedPage_IsTextAndNoPageOfTheSite()
    {
        using var put = await site.Client.SendAsync("PUT", "/uploads/page.html", new StringContent("<script>alert(1)</script>"));
        using var response = await site.Client.FetchAsync("/uploads/page.html");
        Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Delete_WhatIsNotThere_Is404()
    {
        using var response = await site.Client.SendAsync("DELETE", "/uploads/never.txt", null);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    /// <summary>Asks until the file is gone: it may be remembered for the time of <c>FileCache:ValidFor</c>, a second.</summary>

    private async Task<HttpStatusCode> GetStatusAsync(string target)
    {
        using var response = await site.Client.GetAsync(new Uri(target, UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }
}
