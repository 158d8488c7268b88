using System.Net;
using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Browser;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

[Collection(BrowsedPrograms.Name)]
public sealed class GitwebTests(GitwebSite site, Chromium chromium) : IClassFixture<GitwebSite>
{
    [Fact]
    public async Task Browse_FromTheListToACommit_EveryPageIsThereAndHasItsStyle()
    {
        await using var tab = await chromium.OpenAsync();
        Assert.Equal(200, await tab.GoAsync(site.Server.At("/gitweb/")));
        Assert.Equal("rgb(217, 216, 209)", await tab.Page.EvaluateAsync<string>("getComputedStyle(document.body).borderTopColor"));
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.querySelector('img.logo').naturalWidth > 0"));
        await ClickAsync(tab, "project.git", "/gitweb/project.git");
        var hash = await Git.RunAsync(site.Project, "rev-parse", "b5");
        await ClickAsync(tab, "Change 5 of the café", $"/gitweb/project.git/commit/{hash}");
        await ClickAsync(tab, "commitdiff", $"/gitweb/project.git/commitdiff/{hash}");
        Assert.Contains("+line 5", (await tab.Page.Locator("div.patchset").InnerTextAsync()).Replace('\u00A0', ' '), StringComparison.Ordinal);
        await ClickAsync(tab, "tree", $"/gitweb/project.git/tree/{hash}");
        await ClickAsync(tab, "README.md", $"/gitweb/project.git/blob/{hash}:/README.md");
        Assert.Contains("# Café", (await tab.Page.Locator("div.page_body").InnerTextAsync()).Replace('\u00A0', ' '), StringComparison.Ordinal);
        Assert.Equal([], tab.Problems);
    }

    [Fact]
    public async Task Get_LinksOfTheSummary_AllWork()
    {
        var page = await site.Server.Client.GetTextAsync("/gitweb/?p=project.git;a=summary");
        var links = Links.Of(page, site.Server.At("/gitweb/")).Where(link => !link.Contains("/snapshot/", StringComparison.Ordinal)).ToArray();
        Assert.InRange(links.Length, 25, 100);

        // Perl takes its time: one of each kind of page.
        var some = links.GroupBy(link => link.Split('/', '?').ElementAtOrDefault(3)).Select(kind => kind.First());
        Assert.Empty(await Links.FindBrokenAsync(site.Server.Client, some));
    }

    [Fact]
    public async Task Get_FeedThatIsKnown_IsNotModified()
    {
        using var first = await site.Server.Client.FetchAsync("/gitweb/project.git/atom");
        Assert.Equal("application/atom+xml; charset=utf-8", first.Content.Headers.ContentType?.ToString());
        Assert.Contains($"<link rel=\"alternate\" type=\"text/html\" href=\"{site.Server.At("/gitweb/project.git")}", await first.ReadTextAsync(), StringComparison.Ordinal);
        var modified = Assert.Single(first.Content.Headers.GetValues("Last-Modified"));
        using var second = await site.Server.Client.FetchAsync("/gitweb/project.git/atom", ("If-Modified-Since", modified));
        Assert.Equal((HttpStatusCode.NotModified, ""), (second.StatusCode, await second.ReadTextAsync()));
        using var later = await site.Server.Client.FetchAsync("/gitweb/project.git/atom", ("If-Modified-Since", "Tue, 14 Nov 2023 00:00:00 GMT"));
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    [Fact]
    public async Task Head_File_HasTheFieldsAndNoBody()
    {
        var answer = (await ExternalProgram.CurlAsync("--head", site.Server.At("/gitweb/project.git/blob_plain/HEAD:/src/file%203.txt"))).Succeeded();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("filename=\"src/file 3.txt\"\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.Equal("line 3\n", await site.Server.Client.GetTextAsync("/gitweb/project.git/blob_plain/HEAD:/src/file%203.txt"));
    }

    [Theory]
    [InlineData("GET", "/gitweb/?p=none.git", HttpStatusCode.NotFound)]
    [InlineData("GET", "/gitweb/project.git/blob/HEAD:/none", HttpStatusCode.NotFound)]
    [InlineData("GET", "/gitweb/?a=nonsense", HttpStatusCode.BadRequest)]
    [InlineData("POST", "/gitweb/", HttpStatusCode.MethodNotAllowed)]
    public async Task Send_WhatIsNotServed_IsRefused(string method, string target, HttpStatusCode status)
    {
        using var response = await site.Server.Client.SendAsync(method, target, null);
        Assert.Equal(status, response.StatusCode);
    }

    private async Task ClickAsync(Tab tab, string link, string target)
    {
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();
        await tab.IsAtAsync(site.Server.At(target));
    }
}
