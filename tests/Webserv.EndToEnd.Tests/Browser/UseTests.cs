using System.Security.Cryptography;
using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>What a person does with the site.</summary>
public sealed class UseTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Upload_ByTheForm_IsListedAndDownloadedByteForByte()
    {
        using var folder = new ServerFolder();
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);
        var file = folder.Write("Grüße & more.bin", bytes);
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/upload.html");
        await tab.Page.Locator("#file").SetInputFilesAsync(file);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Upload" }).ClickAsync();
        await tab.Page.GetByText("Done: 1.9 MiB sent.").WaitForAsync();
        await tab.PhotographAsync("uploaded");
        await tab.Page.Locator("#status a").ClickAsync();
        await tab.IsAtAsync("/uploads/");
        var link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Grüße & more.bin" });
        await tab.PhotographAsync("uploads");
        var download = await tab.Page.RunAndWaitForDownloadAsync(() => link.ClickAsync());
        var copy = folder.Combine("copy.bin");
        await download.SaveAsAsync(copy);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(copy, TestContext.Current.CancellationToken));

        // Chromium gives up showing what it saves instead.
        Assert.All(tab.Problems, problem => Assert.EndsWith($"/{Uri.EscapeDataString("Grüße & more.bin")}: net::ERR_ABORTED", problem, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upload_WithoutScripts_ShowsTheListing()
    {
        using var folder = new ServerFolder();
        var file = folder.Write("plain.txt", "without scripts");
        await using var tab = await chromium.OpenAsync();
        await tab.Page.RouteAsync("**/upload.js", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = "" }));
        await tab.GoAsync("/upload.html");
        await tab.Page.Locator("#file").SetInputFilesAsync(file);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Upload" }).ClickAsync();
        await tab.IsAtAsync("/uploads/");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "plain.txt" }).ClickAsync();
        await tab.IsAtAsync("/uploads/plain.txt");
        Assert.Equal("without scripts", await tab.Page.Locator("pre").InnerTextAsync());
        Assert.Empty(tab.Problems);
    }

    [Fact]
    public async Task Listing_ClickOnAColumn_SortsByIt()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/downloads/");
        var byName = await NamesAsync(tab);
        await tab.Page.Locator("thead .size a").ClickAsync();
        await tab.IsAtAsync("/downloads/?sort=size&order=desc");
        var once = await NamesAsync(tab);
        await tab.Page.Locator("thead .size a").ClickAsync();
        await tab.IsAtAsync("/downloads/?sort=size&order=asc");
        var twice = await NamesAsync(tab);
        var largestFirst = Directory.GetFiles(chromium.Site.Folder.Combine("sample-site", "main", "downloads"))
            .OrderByDescending(file => new FileInfo(file).Length).Select(Path.GetFileName).ToArray();
        Assert.Equal(largestFirst, once);
        Assert.Equal(largestFirst.Reverse(), twice);
        Assert.Equal(byName.Order(StringComparer.Ordinal), once.Order(StringComparer.Ordinal));
        Assert.NotEqual(byName, once);
        await tab.IsSoundAsync();
    }

    [Fact]
    public async Task GuestBook_WriteAnEntry_IsShownAsText()
    {
        const string Message = "<img src=x onerror=\"document.title='broken'\">\nand a second line";
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/guestbook.html");
        await tab.Page.GetByLabel("Name").FillAsync("Ada <Lovelace>");
        await tab.Page.GetByLabel("Message").FillAsync(Message);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Write" }).ClickAsync();
        await tab.Page.Locator("#entries li").First.WaitForAsync();
        Assert.Equal(Message, await tab.Page.Locator("#entries li .pre").First.InnerTextAsync());
        Assert.Contains("Ada <Lovelace>", await tab.Page.Locator("#entries li .by").First.InnerTextAsync(), StringComparison.Ordinal);
        Assert.NotEqual("broken", await tab.Page.TitleAsync());
        await tab.PhotographAsync("written");
        await tab.IsSoundAsync();
    }

    [Fact]
    public async Task Scripts_EchoedForm_ShowsWhatWasTyped()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/scripts.html");
        await tab.Page.GetByLabel("Subject").FillAsync("日本語 & <i>");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Send in the body" }).ClickAsync();
        await tab.IsAtAsync("/cgi-bin/echo.py?from=form");
        await tab.Page.GetByText("日本語 & <i>").WaitForAsync();
        await tab.PhotographAsync("echo");
        await tab.IsSoundAsync();
    }

    [Fact]
    public async Task Pipeline_ShowTheAnswer_ShowsStatusAndFields()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/pipeline.html");
        foreach (var (button, status) in new[] { ("Show the answer to DELETE", "405 Method Not Allowed"), ("Show the answer to POST", "413 "), ("Show the answer to HEAD", "200 OK") })
        {
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
            await tab.Page.Locator("pre[role=status]", new() { HasText = status }).WaitForAsync();
        }

        await tab.PhotographAsync("pipeline-tried");
    }

    [Fact]
    public async Task Gallery_Reloaded_AnswersNotModified()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/gallery/");
        var size = await tab.Page.Locator("img").EvaluateAllAsync<int>("images => images.filter(image => image.complete && image.naturalWidth > 0).length");
        Assert.Equal(await tab.Page.Locator("img").CountAsync(), size);
        await tab.IsSoundAsync();
    }

    private static async Task<string[]> NamesAsync(Tab tab) =>
        [.. (await tab.Page.Locator("main > table tbody tr:not(.up) .name a").EvaluateAllAsync<string[]>(
            "links => links.filter(link => !link.getAttribute('href').includes('/', 2)).map(link => link.querySelector('bdi').textContent)"))];
}
