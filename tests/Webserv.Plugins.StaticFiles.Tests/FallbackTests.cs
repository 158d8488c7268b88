using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class FallbackTests
{
    [Theory]
    [InlineData("GET", "/users/7", "", "", true)]
    [InlineData("HEAD", "/users/7", "", "", true)]
    [InlineData("POST", "/users/7", "", "", false)]
    [InlineData("PUT", "/users/7", "navigate", "text/html", false)]
    [InlineData("GET", "/users/7", "navigate", "text/html,application/xhtml+xml,*/*;q=0.8", true)]
    [InlineData("GET", "/users/ann.example", "navigate", "text/html,application/xhtml+xml,*/*;q=0.8", true)]
    [InlineData("GET", "/users/7", "cors", "application/json", false)]
    [InlineData("GET", "/users/7", "cors", "text/html", false)]
    [InlineData("GET", "/users/7", "no-cors", "*/*", false)]
    [InlineData("GET", "/assets/gone.js", "no-cors", "*/*", false)]
    [InlineData("GET", "/assets/gone.js", "", "*/*", false)]
    [InlineData("GET", "/assets/gone.png", "", "text/html", false)]
    [InlineData("GET", "/users/7", "", "text/html", true)]
    [InlineData("GET", "/users/7", "", "application/json, text/*", true)]
    [InlineData("GET", "/users/7", "", "*/*", true)]
    [InlineData("GET", "/users/7", "", "application/json", false)]
    [InlineData("GET", "/users/7", "", "image/avif,image/webp,image/*;q=0.8", false)]
    public async Task Request_Missing_IsAnsweredWithTheFallbackWhereAPageIsAskedFor(string method, string target, string mode, string accept, bool expected)
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/index.html");
        var context = new TestHttpContext(method, target);
        if (mode.Length > 0)
        {
            context.WithHeader("Sec-Fetch-Mode", mode);
        }

        if (accept.Length > 0)
        {
            context.WithHeader("Accept", accept);
        }

        var response = await site.SendAsync(context);
        Assert.Equal(!expected, context.NextWasCalled);
        if (expected)
        {
            Assert.Equal(200, response.StatusCode);
            Assert.Equal("text/html; charset=utf-8", response.Headers["Content-Type"]);
            Assert.Equal("Accept, Sec-Fetch-Mode", response.Headers["Vary"]);
            Assert.Equal(method == "GET" ? "<p>home" : "", response.BodyText);
        }
    }

    [Fact]
    public async Task Get_FileThatIsThere_IsNoFallback()
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/index.html");
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("Sec-Fetch-Mode", "navigate"));
        Assert.Equal("0123456789", response.BodyText);
        Assert.False(response.Headers.Contains("Vary"));
    }

    [Fact]
    public async Task Get_FallbackThatIsMissing_IsLeftToOthers()
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/gone.html");
        var context = TestHttpContext.Get("/users/7");
        await site.SendAsync(context);
        Assert.True(context.NextWasCalled);
    }

    [Fact]
    public async Task Get_FallbackThatIsUnchanged_Is304()
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/index.html");
        var response = await site.SendAsync(TestHttpContext.Get("/users/7").WithHeader("If-None-Match", await site.GetTagAsync("/index.html")));
        Assert.Equal(304, response.StatusCode);
        Assert.Equal("Accept, Sec-Fetch-Mode", response.Headers["Vary"]);
    }

    [Theory]
    [InlineData("/users/7", "cors", "application/json", true)]
    [InlineData("/users/7", "", "application/json", true)]
    [InlineData("/gone.js", "no-cors", "*/*", true)]
    [InlineData("/without/", "cors", "*/*", false)]
    public async Task Get_NoNavigation_SaysThatANavigationWouldGetThePage(string target, string mode, string accept, bool varies)
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/index.html");
        var context = TestHttpContext.Get(target).WithHeader("Accept", accept);
        var response = await site.SendAsync(mode.Length > 0 ? context.WithHeader("Sec-Fetch-Mode", mode) : context);
        Assert.Equal((404, varies ? "Accept, Sec-Fetch-Mode" : ""), (response.StatusCode, response.Headers["Vary"].ToString()));
    }

    [Fact]
    public async Task Get_FallbackThatIsMissing_DoesNotVary()
    {
        await using var site = await Site.CreateAsync(options => options.Fallback = "/gone.html");
        var response = await site.SendAsync(TestHttpContext.Get("/users/7").WithHeader("Sec-Fetch-Mode", "cors"));
        Assert.Equal((404, false), (response.StatusCode, response.Headers.Contains("Vary")));
    }

    [Fact]
    public async Task Get_VaryAmongTheExtraFields_IsAddedToTheOneOfTheFallback()
    {
        await using var site = await Site.CreateAsync(options =>
        {
            options.Fallback = "/index.html";
            options.ExtraFields["vary"] = "Origin";
        });
        Assert.Equal("Accept, Sec-Fetch-Mode,Origin", (await site.SendAsync(TestHttpContext.Get("/users/7"))).Headers["Vary"].ToString());
        Assert.Equal("Origin", (await site.SendAsync(TestHttpContext.Get("/a.txt"))).Headers["Vary"].ToString());
    }

    [Theory]
    [InlineData("/without")]
    [InlineData("/without/")]
    public async Task Get_DirectoryThatTryFilesLeavesOut_IsLeftToAListing(string target)
    {
        await using var site = await Site.CreateAsync(options => (options.TryFiles, options.Fallback) = (["{path}", "{path}.html"], "/index.html"));
        var context = TestHttpContext.Get(target).WithHeader("Sec-Fetch-Mode", "navigate");
        await site.SendAsync(context);
        Assert.True(context.NextWasCalled);
    }
}
