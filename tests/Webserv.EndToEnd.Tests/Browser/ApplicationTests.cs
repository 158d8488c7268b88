using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;

namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>What applications ask of a server of files.</summary>
public sealed class ApplicationTests(Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task Routes_EnteredClickedAndReloaded_AreTheOnePage()
    {
        await using var site = await ApplicationSite.StartAsync();
        await using var tab = await chromium.OpenAsync();
        Assert.Equal(200, await tab.GoAsync(At(site, "/items/42?tab=2")));
        await ShowsAsync(tab, "page /items/42");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "second" }).ClickAsync();
        await ShowsAsync(tab, "page /items/2");
        await tab.Page.ReloadAsync();
        await ShowsAsync(tab, "page /items/2");
        await tab.Page.GoBackAsync();
        await ShowsAsync(tab, "page /items/42");
        await tab.IsSoundAsync();

        // What is missing and no page is not the page.
        Assert.Equal(404, await tab.Page.EvaluateAsync<int>("fetch('/assets/app.00000000.js').then(answer => answer.status)"));
    }

    [Fact]
    public async Task Font_OfTheStyleSheet_IsUsed()
    {
        await using var site = await ApplicationSite.StartAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(At(site, "/"));
        Assert.Equal("loaded", await tab.Page.EvaluateAsync<string>("document.fonts.ready.then(fonts => [...fonts][0].status)"));
        var type = await tab.Page.EvaluateAsync<string>("fetch('/assets/lettering.9c41d7aa.woff2').then(answer => answer.headers.get('content-type'))");
        Assert.Equal("font/woff2", type);
        await tab.IsSoundAsync();
    }

    [Fact]
    public async Task Film_SoughtFarAhead_IsAskedForFromThere()
    {
        await using var site = await ApplicationSite.StartAsync();
        await using var tab = await chromium.OpenAsync();
        var parts = new ConcurrentQueue<(int Status, string Range)>();
        tab.Page.Response += (_, answer) =>
        {
            if (answer.Url.EndsWith("/film.wav", StringComparison.Ordinal))
            {
                parts.Enqueue((answer.Status, answer.Headers.GetValueOrDefault("content-range", "")));
            }
        };
        await tab.GoAsync(At(site, "/film.html"));
        var video = tab.Page.Locator("video");
        await tab.Page.WaitForFunctionAsync("document.querySelector('video').readyState >= 1");
        Assert.Equal(ApplicationSite.FilmSeconds, await video.EvaluateAsync<double>("video => video.duration"), tolerance: 0.1);
        Assert.Equal(ApplicationSite.FilmSeconds, await video.EvaluateAsync<double>("video => video.seekable.end(0)"), tolerance: 0.1);
        await video.EvaluateAsync("video => new Promise(done => { video.addEventListener('seeked', done, { once: true }); video.currentTime = 290; })");
        Assert.Equal(290, await video.EvaluateAsync<double>("video => video.currentTime"), tolerance: 0.1);
        Assert.Null(await video.EvaluateAsync<string?>("video => video.error?.message ?? null"));
        Assert.All(parts, part => Assert.Equal(206, part.Status));
        Assert.Contains(parts, part => OffsetOf(part.Range) > 20_000_000);
    }

    [Fact]
    public async Task ServiceWorker_ServerGone_ShowsTheApplication()
    {
        await using var site = await ApplicationSite.StartAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(At(site, "/"));
        await tab.Page.EvaluateAsync("navigator.serviceWorker.register('/worker.js').then(() => navigator.serviceWorker.ready)");
        await tab.Page.WaitForFunctionAsync("navigator.serviceWorker.controller?.state === 'activated'");
        await tab.IsSoundAsync();
        Assert.Equal(0, await site.Server.StopAsync());
        Assert.Equal(200, await tab.GoAsync(At(site, "/items/7")));
        await ShowsAsync(tab, "page /items/7");
    }

    [Fact]
    public async Task Reload_NothingChanged_IsNotModified()
    {
        await using var site = await ApplicationSite.StartAsync();
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync(At(site, "/"));
        var session = await tab.Page.Context.NewCDPSessionAsync(tab.Page);
        var statuses = new ConcurrentQueue<int>();
        session.Event("Network.responseReceivedExtraInfo").OnEvent += (_, data) =>
            statuses.Enqueue(data!.Value.GetProperty("statusCode").GetInt32());
        await session.SendAsync("Network.enable");
        await tab.Page.ReloadAsync(new PageReloadOptions { WaitUntil = WaitUntilState.NetworkIdle });
        await ShowsAsync(tab, "page /");

        // The page is asked about; what is immutable is not.
        Assert.Equal([304], statuses);
        await tab.IsSoundAsync();
    }

    private static string At(ApplicationSite site, string target) => new Uri(site.Server.Address, target).AbsoluteUri;

    private static Task ShowsAsync(Tab tab, string text) => Assertions.Expect(tab.Page.Locator("main")).ToHaveTextAsync(text);

    private static long OffsetOf(string contentRange) =>
        contentRange.StartsWith("bytes ", StringComparison.Ordinal) && contentRange.IndexOf('-', StringComparison.Ordinal) is > 6 and var dash
            ? long.Parse(contentRange.AsSpan(6, dash - 6), CultureInfo.InvariantCulture)
            : -1;
}
