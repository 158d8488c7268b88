using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class StaticFilesMiddlewareTests
{
    [Fact]
    public async Task Get_File_HasContentAndFields()
    {
        await using var site = await Site.CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt"));

        Assert.Equal(200, response.StatusCode);
        Assert.Equal("0123456789", response.BodyText);
        Assert.Equal(10, response.ContentLength);
        Assert.Equal("text/plain; charset=utf-8", response.Headers["Content-Type"]);
        Assert.Equal("Thu, 29 Feb 2024 12:00:00 GMT", response.Headers["Last-Modified"]);
        Assert.Equal("bytes", response.Headers["Accept-Ranges"]);
        Assert.Matches("^\".+\"$", response.Headers["ETag"].ToString());
        Assert.False(response.Headers.Contains("Cache-Control"));
        Assert.False(response.Headers.Contains("Content-Range"));
    }

    [Fact]
    public async Task Head_File_HasTheFieldsOfGetAndNoBody()
    {
        await using var site = await Site.CreateAsync();
        var get = await site.SendAsync(TestHttpContext.Get("/a.txt"));
        var head = await site.SendAsync(TestHttpContext.Head("/a.txt").WithHeader("Range", "bytes=0-1"));

        Assert.Equal(200, head.StatusCode);
        Assert.Equal("", head.BodyText);
        Assert.Equal(get.ContentLength, head.ContentLength);
        Assert.Equal(get.Headers.ToDictionary(), head.Headers.ToDictionary());
    }

    [Fact]
    public async Task Get_EmptyFile_IsEmpty()
    {
        await using var site = await Site.CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get("/empty.txt"));
        Assert.Equal(200, response.StatusCode);
        Assert.Equal(0, response.ContentLength);
    }

    [Theory]
    [InlineData("GET", "/", 200, "<p>home")]
    [InlineData("GET", "/with/", 200, "<p>with")]
    [InlineData("GET", "/%C3%BC%20b/", 200, "<p>umlaut")]
    [InlineData("GET", "/a.txt?x=y", 200, "0123456789")]
    [InlineData("GET", "/without/../a.txt", 200, "0123456789")]
    [InlineData("POST", "/a.txt", 405, null)]
    [InlineData("DELETE", "/a.txt", 405, null)]
    [InlineData("PUT", "/with/", 405, null)]
    [InlineData("get", "/a.txt", 501, null)]
    [InlineData("OPTIONS", "/a.txt", 204, null)]
    [InlineData("OPTIONS", "/with/", 204, null)]
    [InlineData("OPTIONS", "/nothing", 404, null)]
    [InlineData("GET", "/nothing", 404, null)]
    [InlineData("POST", "/nothing", 404, null)]
    [InlineData("GET", "/without/", 404, null)]
    [InlineData("POST", "/without/", 404, null)]
    [InlineData("POST", "/without", 405, null)]
    [InlineData("OPTIONS", "/with", 204, null)]
    [InlineData("GET", "/a.txt/", 404, null)]
    [InlineData("GET", "/.hidden", 404, null)]
    [InlineData("GET", "/..%2fa.txt", 404, null)]
    [InlineData("GET", "/with", 301, null)]
    [InlineData("HEAD", "/with", 301, null)]
    public async Task Request_Target_IsAnswered(string method, string target, int status, string? body)
    {
        await using var site = await Site.CreateAsync();
        var context = new TestHttpContext(method, target);
        var response = await site.SendAsync(context);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal(status is 204 or 404 or 405 or 501, context.NextWasCalled);
        Assert.Equal(status is 204 or 405 ? "GET, HEAD, OPTIONS" : "", response.Headers["Allow"].ToString());
        if (body is not null)
        {
            Assert.Equal(body, response.BodyText);
        }
    }

    [Theory]
    [InlineData(null, "/with", "/with/")]
    [InlineData(null, "/with?a=b&c", "/with/?a=b&c")]
    [InlineData(null, "/%C3%BC%20b", "/%C3%BC%20b/")]
    [InlineData(null, "/w%69th", "/w%69th/")]
    [InlineData(null, "/with?q=\"<>", "/with/?q=%22%3C%3E")]
    [InlineData(null, "http://example.com/with?x", "/with/?x")]
    [InlineData("/kapouet/*", "/kapouet", "/kapouet/")]
    [InlineData("/kapouet/*", "/kapouet/with", "/kapouet/with/")]
    [InlineData(null, "/evil.com/%2e%2e/with", "/evil.com/%2e%2e/with/")]
    public async Task Get_DirectoryWithoutSlash_IsRedirected(string? alias, string target, string location)
    {
        await using var site = await Site.CreateAsync(alias: alias);
        var response = await site.SendAsync(TestHttpContext.Get(target));
        Assert.Equal(301, response.StatusCode);
        Assert.Equal(location, response.Headers["Location"]);
        Assert.Equal(0, response.ContentLength);
    }

    [Fact]
    public async Task Get_NothingOfTheSite_LeadsToAnotherHost()
    {
        await using var site = await Site.CreateAsync();
        Directory.CreateDirectory(Path.Combine(site.Root, "evil.com"));
        foreach (var target in new[] { "//evil.com", "///evil.com", "//evil.com/%2e%2e/evil.com", "/%5Cevil.com", "/.//evil.com" })
        {
            var location = (await site.SendAsync(TestHttpContext.Get(target))).Headers["Location"].ToString();
            Assert.False(location.StartsWith("//", StringComparison.Ordinal) || location.Contains('\\', StringComparison.Ordinal), location);
        }
    }

    [Fact]
    public async Task Get_DirectoryWithSeveralIndexNames_TakesTheFirstThatIsThere()
    {
        await using var site = await Site.CreateAsync(options => options.Index = ["default.htm", "b.html", "index.html"]);
        Assert.Equal("<p>b", (await site.SendAsync(TestHttpContext.Get("/without/"))).BodyText);
        Assert.Equal("<p>with", (await site.SendAsync(TestHttpContext.Get("/with/"))).BodyText);
    }

    [Fact]
    public async Task Get_WithoutIndexNames_LeavesDirectoriesToOthers()
    {
        await using var site = await Site.CreateAsync(options => options.Index = []);
        Assert.Equal(404, (await site.SendAsync(TestHttpContext.Get("/with/"))).StatusCode);
    }

    [Fact]
    public async Task Get_LinkOutOfTheRoot_IsForbidden()
    {
        await using var site = await Site.CreateAsync();
        File.CreateSymbolicLink(Path.Combine(site.Root, "out"), "/etc/passwd");
        var context = TestHttpContext.Get("/out");
        Assert.Equal(403, (await site.SendAsync(context)).StatusCode);
        Assert.False(context.NextWasCalled);
    }

    [Fact]
    public async Task Get_WithOptions_FollowsThem()
    {
        await using var site = await Site.CreateAsync(options =>
        {
            options.ServeDotFiles = true;
            options.SymbolicLinks = Abstractions.Files.SymbolicLinkPolicy.Follow;
            options.CacheControl = "no-cache";
            options.DefaultContentType = "";
        });
        File.CreateSymbolicLink(Path.Combine(site.Root, "out"), "/etc/passwd");
        var response = await site.SendAsync(TestHttpContext.Get("/.hidden"));
        Assert.Equal("h", response.BodyText);
        Assert.Equal("no-cache", response.Headers["Cache-Control"]);
        Assert.False(response.Headers.Contains("Content-Type"));
        Assert.Equal(200, (await site.SendAsync(TestHttpContext.Get("/out"))).StatusCode);
    }
}
