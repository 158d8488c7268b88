using System.Text.Json;
using System.Text.RegularExpressions;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class PagingTests : IDisposable
{
    private readonly ListingFolder _folder = new();

    public PagingTests()
    {
        for (var i = 1; i <= 25; i++)
        {
            _folder.Write($"n{i}", i);
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/", "n1 n2 n3 n4 n5 n6 n7 n8 n9 n10")]
    [InlineData("/?page=2", "n11 n12 n13 n14 n15 n16 n17 n18 n19 n20")]
    [InlineData("/?page=3", "n21 n22 n23 n24 n25")]
    [InlineData("/?page=3&order=desc", "n5 n4 n3 n2 n1")]
    [InlineData("/?sort=size&order=desc", "n25 n24 n23 n22 n21 n20 n19 n18 n17 n16")]
    [InlineData("/?filter=2&page=1", "n2 n12 n20 n21 n22 n23 n24 n25")]
    public async Task Get_Page_IsThatPartOfTheOrder(string target, string expected) =>
        Assert.Equal(expected, ListingFolder.Names(await _folder.GetAsync(target, Ten)));

    [Theory]
    [InlineData("/", null, "?page=2")]
    [InlineData("/?page=2", "./", "?page=3")]
    [InlineData("/?page=3", "?page=2", null)]
    [InlineData("/?page=2&sort=size&order=desc&filter=n&format=html", "?sort=size&order=desc&filter=n&format=html", "?sort=size&order=desc&filter=n&page=3&format=html")]
    [InlineData("/?filter=n2", null, null)]
    public async Task Get_Page_LinksToItsNeighbours(string target, string? previous, string? next)
    {
        var response = await _folder.GetAsync(target, Ten);
        string?[] expected = [previous is null ? null : $"<{previous}>; rel=\"prev\"", next is null ? null : $"<{next}>; rel=\"next\""];
        Assert.Equal(expected.Where(link => link is not null), response.Headers[Fields.Link]);
        Assert.Equal(previous is not null, response.BodyText.Contains($"rel=\"prev\" href=\"{previous?.Replace("&", "&amp;", StringComparison.Ordinal)}\"", StringComparison.Ordinal));
        Assert.Equal(next is not null, response.BodyText.Contains($"rel=\"next\" href=\"{next?.Replace("&", "&amp;", StringComparison.Ordinal)}\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1, "[1] 2 3 … 25")]
    [InlineData(4, "1 2 3 [4] 5 6 … 25")]
    [InlineData(5, "1 … 3 4 [5] 6 7 … 25")]
    [InlineData(12, "1 … 10 11 [12] 13 14 … 25")]
    [InlineData(22, "1 … 20 21 [22] 23 24 25")]
    [InlineData(25, "1 … 23 24 [25]")]
    public async Task Get_ManyPages_ShowsTheNextAndTheOutermost(int page, string expected)
    {
        var html = (await _folder.GetAsync($"/?page={page}", options => options.PageSize = 1)).BodyText;
        var numbers = Regex.Matches(html, "<li aria-hidden=\"true\">(…)</li>|<a class=\"n\"( aria-current=\"page\")?[^>]*>([0-9]+)</a>")
            .Select(match => match.Groups[1].Success ? "…" : match.Groups[2].Success ? $"[{match.Groups[3].Value}]" : match.Groups[3].Value);
        Assert.Equal(expected, string.Join(' ', numbers));
        Assert.Contains($"Page {page} of 25", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_JsonByItsNext_ComesToEveryNameOnce()
    {
        List<string> names = [];
        for (var next = (string?)"?format=json&sort=size"; next is not null;)
        {
            using var json = JsonDocument.Parse((await _folder.GetAsync("/" + next, options => options.PageSize = 7)).BodyText);
            var root = json.RootElement;
            Assert.Equal((25, 4, 325L), (root.GetProperty("files").GetInt32(), root.GetProperty("pages").GetInt32(), root.GetProperty("bytes").GetInt64()));
            names.AddRange(root.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()!));
            next = root.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Range(1, 25).Select(i => $"n{i}"), names);
    }

    [Fact]
    public async Task Get_MoreThanMaxEntries_IsCutAndSaysSo()
    {
        var response = await _folder.GetAsync("/", options => options.MaxEntries = 24);
        Assert.Equal(24, ListingFolder.Links(response).Length);
        Assert.Contains("more names than the server reads", response.BodyText, StringComparison.Ordinal);
        Assert.Contains("\"truncated\":true", (await _folder.GetAsync("/?format=json", options => options.MaxEntries = 24)).BodyText, StringComparison.Ordinal);
        Assert.DoesNotContain("than the server reads", (await _folder.GetAsync("/", options => options.MaxEntries = 25)).BodyText, StringComparison.Ordinal);
        Assert.Equal(404, (await _folder.GetAsync("/?page=4", options => (options.MaxEntries, options.PageSize) = (24, 8))).StatusCode);
    }

    private static void Ten(DirectoryListingOptions options) => options.PageSize = 10;
}
