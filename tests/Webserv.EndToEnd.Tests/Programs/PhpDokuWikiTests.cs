using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Playwright;
using Webserv.EndToEnd.Tests.Browser;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>All that is done with a DokuWiki, whose PHP stays: it is many times quicker.</summary>
[Collection(BrowsedPrograms.Name)]
public sealed class PhpDokuWikiTests(PhpWikiSite site, Chromium chromium) : DokuWikiTests(site), IClassFixture<PhpWikiSite>
{
    [Fact]
    public async Task Upload_Media_IsSentBackWholeInPartsAndNotAtAll()
    {
        const string Target = "/lib/exe/fetch.php/notes:numbers.zip";
        var content = RandomNumberGenerator.GetBytes(3 << 20);
        using var user = new WikiUser(site.Server);
        await user.LogInAsync(WikiSite.Password);
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in await user.HiddenAsync("/lib/exe/mediamanager.php?ns=notes", "dw__upload"))
        {
            form.Add(new StringContent(value), name);
        }

        form.Add(new StringContent("numbers.zip"), "mediaid");
        form.Add(new ByteArrayContent(content), "upload", "numbers.zip");
        using var upload = await user.Client.SendAsync("POST", "/lib/exe/mediamanager.php", form);
        Assert.Equal(HttpStatusCode.OK, upload.StatusCode);

        using var whole = await user.Client.FetchAsync(Target);
        Assert.Equal(content, await whole.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("application/zip", whole.Content.Headers.ContentType?.ToString());

        using var part = await user.Client.FetchAsync(Target, ("Range", "bytes=1000000-2999999"));
        Assert.Equal((HttpStatusCode.PartialContent, $"bytes 1000000-2999999/{content.Length}"), (part.StatusCode, part.Content.Headers.ContentRange?.ToString()));
        Assert.Equal(content[1_000_000..3_000_000], await part.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

        using var parts = await user.Client.FetchAsync(Target, ("Range", "bytes=0-9,100-109"));
        Assert.Equal((HttpStatusCode.PartialContent, "multipart/byteranges"), (parts.StatusCode, parts.Content.Headers.ContentType?.MediaType));
        var text = Encoding.Latin1.GetString(await parts.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Contains($"Content-Range: bytes 100-109/{content.Length}", text, StringComparison.OrdinalIgnoreCase);
        Assert.Contains(Encoding.Latin1.GetString(content, 100, 10), text, StringComparison.Ordinal);

        using var known = await user.Client.FetchAsync(Target, ("If-None-Match", whole.Headers.ETag!.ToString()), ("If-Modified-Since", whole.Content.Headers.LastModified!.Value.ToString("R")));
        Assert.Equal((HttpStatusCode.NotModified, 0), (known.StatusCode, (await known.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length));

        using var head = await user.Client.SendAsync("HEAD", Target, null);
        Assert.Equal((HttpStatusCode.OK, content.Length), (head.StatusCode, head.Content.Headers.ContentLength));

        using var tooLarge = new ByteArrayContent(new byte[21 << 20]) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var refused = await user.Client.SendAsync("POST", "/lib/exe/mediamanager.php", tooLarge);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
    }

    [Fact]
    public async Task Edit_InABrowser_ShowsThePageWithItsStyleAndScripts()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(site.Server.At("/doku.php/browsed?do=login"));
        await tab.Page.Locator("#dw__login input[name=u]").FillAsync(WikiSite.User);
        await tab.Page.Locator("#dw__login input[name=p]").FillAsync(WikiSite.Password);
        await tab.Page.Locator("#dw__login button[type=submit]").ClickAsync();
        await tab.IsAtAsync(site.Server.At("/doku.php/browsed"));
        await tab.Page.Locator("#dokuwiki__pagetools a[href*='do=edit']").First.ClickAsync();

        // The tool bar is made by the scripts.
        await Assertions.Expect(tab.Page.Locator("#tool__bar button").First).ToBeVisibleAsync();
        await tab.Page.Locator("#wiki__text").FillAsync("====== Browsed & “quoted” ======\n\nText of the page, and {{wiki:logo.png}}.\n");
        await tab.Page.Locator("#edbtn__save").ClickAsync();
        await tab.IsAtAsync(site.Server.At("/doku.php/browsed"));
        Assert.Equal("Browsed & “quoted”", await tab.Page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = "Browsed" }).InnerTextAsync());
        Assert.Equal("rgb(255, 255, 255)", await tab.Page.Locator("#dokuwiki__content .page").EvaluateAsync<string>("page => getComputedStyle(page).backgroundColor"));
        Assert.Equal(64, await tab.Page.Locator("#dokuwiki__content .page img.media").EvaluateAsync<int>("image => image.decode().then(() => image.naturalWidth)"));
        await tab.PhotographAsync("dokuwiki");
        Assert.Equal([], tab.Problems);
    }
}
