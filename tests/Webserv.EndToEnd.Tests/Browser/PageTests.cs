namespace Webserv.EndToEnd.Tests.Browser;

/// <summary>Every page of the site in a light and a dark window and on a phone.</summary>
public sealed class PageTests(Chromium chromium) : IClassFixture<Chromium>
{
    public static TheoryData<string, string, string> Pages => new()
    {
        { "home", "/", "A web server you can follow from socket to close." },
        { "journey", "/journey.html", "" },
        { "pipeline", "/pipeline.html", "What answers what" },
        { "downloads", "/downloads/", "downloads" },
        { "upload", "/upload.html", "Send a file" },
        { "scripts", "/scripts.html", "Scripts" },
        { "guestbook", "/guestbook.html", "Guest book" },
        { "gallery", "/gallery/", "" },
        { "php", "/cgi-bin/info.php", "PHP at work" },
        { "calendar", "/calendar.php", "" },
        { "python", "/cgi-bin/env.py", "The environment of a script" },
        { "status", "/cgi-bin/status.py", "Pick a status" },
        { "book", "/cgi-bin/guestbook.py", "Guest book" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Open_PageOfTheSite_IsSoundInEveryLook(string name, string target, string heading)
    {
        await InEveryLookAsync(async look =>
        {
            await using var tab = await chromium.OpenAsync(look);
            Assert.Equal(200, await tab.GoAsync(target));
            await tab.PhotographAsync(name);
            Assert.Contains(heading, await tab.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
            await tab.IsSoundAsync();
        });
    }

    [Theory]
    [InlineData("missing", "/no/such/page", 404, "End of the line")]
    [InlineData("teapot", "/cgi-bin/status.py?status=418", 418, "418")]
    [InlineData("no-script", "/short/", 404, "End of the line")]
    public async Task Open_ErrorPage_IsSoundInEveryLook(string name, string target, int status, string heading)
    {
        await InEveryLookAsync(async look =>
        {
            await using var tab = await chromium.OpenAsync(look);
            Assert.Equal(status, await tab.GoAsync(target));
            await tab.PhotographAsync(name);
            Assert.Contains(heading, await tab.Page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);

            // Chromium itself says that the page has that status; nothing else may be wrong.
            Assert.All(tab.Problems, problem => Assert.StartsWith($"console: Failed to load resource: the server responded with a status of {status} ", problem, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Open_ServersOwnErrorPage_IsSoundInEveryLook()
    {
        await InEveryLookAsync(async look =>
        {
            await using var tab = await chromium.OpenAsync(look);
            Assert.Equal(404, await tab.GoAsync(new Uri(chromium.Site.Server.Endpoints[1], "/none").AbsoluteUri));
            await tab.PhotographAsync("own-error");
            Assert.All(tab.Problems, problem => Assert.Contains("status of 404", problem, StringComparison.Ordinal));
        });
    }

    [Fact]
    public async Task Click_EveryItemOfTheNavigation_LeadsToItsPage()
    {
        await using var tab = await chromium.OpenAsync();
        await tab.GoAsync("/");
        var count = await tab.Page.Locator("header nav a").CountAsync();
        Assert.Equal(7, count);
        for (var index = 0; index < count; index++)
        {
            await tab.GoAsync("/");
            var link = tab.Page.Locator("header nav a").Nth(index);
            var target = await link.GetAttributeAsync("href");
            await link.ClickAsync();
            await tab.IsAtAsync(target!);
            Assert.NotEmpty(await tab.Page.Locator("h1").InnerTextAsync());
        }

        Assert.Empty(tab.Problems);
    }

    /// <summary>At once: most of the time a browser waits, for the network to fall silent above all.</summary>
    private static Task InEveryLookAsync(Func<Look, Task> test) => Task.WhenAll(Enum.GetValues<Look>().Select(test));
}
