using System.Net;
using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Browser;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

[Collection(BrowsedPrograms.Name)]
public sealed class CgitTests(CgitSite site, Chromium chromium) : IClassFixture<CgitSite>
{
    [Fact]
    public async Task Browse_FromTheListToACommit_EveryPageIsThereAndHasItsStyle()
    {
        await using var tab = await chromium.OpenAsync();
        Assert.Equal(200, await tab.GoAsync(site.Server.At("/cgit/")));
        Assert.Equal("13.3333px", await tab.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('div#cgit')).fontSize"));
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.querySelector('img[alt=\"cgit logo\"]').naturalWidth > 0"));
        await ClickAsync(tab, "project.git", "/cgit/project.git/");
        await ClickAsync(tab, "tree", "/cgit/project.git/tree/");
        await ClickAsync(tab, "README.md", "/cgit/project.git/tree/README.md");
        Assert.Contains("# Café", await tab.Page.Locator("div.content").InnerTextAsync(), StringComparison.Ordinal);
        await tab.Page.GoBackAsync();
        await ClickAsync(tab, "log", "/cgit/project.git/log/");
        var hash = await Git.RunAsync(site.Project, "rev-parse", "b5");
        await ClickAsync(tab, "Change 5 of the café", $"/cgit/project.git/commit/?id={hash}");
        Assert.Contains("+line 5", await tab.Page.Locator("table.diff").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal([], tab.Problems);
        site.Server.HasNoComplaint();
    }

    [Fact]
    public async Task Get_LinksOfTheSummary_AllWork()
    {
        var page = await site.Server.Client.GetTextAsync("/cgit/project.git/");
        var links = Links.Of(page, site.Server.At("/cgit/project.git/"));
        Assert.InRange(links.Length, 25, 100);
        Assert.Empty(await Links.FindBrokenAsync(site.Server.Client, links));
    }

    [Fact]
    public async Task Get_File_IsAsItIsWithItsFields()
    {
        using var response = await site.Server.Client.FetchAsync("/cgit/project.git/plain/src/file%203.txt");
        Assert.Equal("line 3\n", await response.ReadTextAsync());
        Assert.Equal($"\"{await Git.RunAsync(site.Project, "rev-parse", "main:src/file 3.txt")}\"", response.Headers.ETag?.Tag);
        Assert.Equal("text/plain; charset=UTF-8", response.Content.Headers.ContentType?.ToString());
        Assert.NotNull(response.Content.Headers.LastModified);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
    }

    [Fact]
    public async Task Head_Page_HasTheFieldsAndNoBody()
    {
        var answer = (await ExternalProgram.CurlAsync("--head", site.Server.At("/cgit/project.git/plain/README.md"))).Succeeded();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains($"ETag: \"{await Git.RunAsync(site.Project, "rev-parse", "main:README.md")}\"\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Snapshot_IsAnArchive()
    {
        var archive = site.Folder.Combine("snapshot.tar.gz");
        (await ExternalProgram.CurlAsync("--fail", "--output", archive, site.Server.At("/cgit/project.git/snapshot/project-b2.tar.gz"))).Succeeded();
        var names = (await ExternalProgram.RunAsync(ExternalProgram.Find("tar", "tar"), ["-tzf", archive])).Succeeded();
        Assert.Equal("project-b2/\nproject-b2/README.md\nproject-b2/src/\nproject-b2/src/file 1.txt\nproject-b2/src/file 2.txt\n", names);
    }

    [Theory]
    [InlineData("GET", "/cgit/none.git/", HttpStatusCode.NotFound)]
    [InlineData("GET", "/cgit/project.git/plain/none", HttpStatusCode.NotFound)]
    [InlineData("POST", "/cgit/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/cgit-css/../cgit.cgi", HttpStatusCode.NotFound)]
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
