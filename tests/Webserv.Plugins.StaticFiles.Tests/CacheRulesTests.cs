using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class CacheRulesTests
{
    [Theory]
    [InlineData("/a.txt", "max-age=5", null)]
    [InlineData("/assets/app.3f9a1c2b.js", "public, max-age=31536000, immutable", null)]
    [InlineData("/assets/deep/er/x.css", "public, max-age=31536000, immutable", null)]
    [InlineData("/index.html", "no-cache", null)]
    [InlineData("/", "no-cache", null)]
    [InlineData("/with/", "no-cache", null)]
    [InlineData("/some/page", "no-cache", null)]
    [InlineData("/pics/a.png", "max-age=3600", "Thu, 01 Jan 2026 01:00:00 GMT")]
    [InlineData("/pics/now.gif", "private", "Thu, 01 Jan 2026 00:00:00 GMT")]
    [InlineData("/pics/zero.bmp", "max-age=0", "Thu, 01 Jan 2026 00:00:00 GMT")]
    public async Task Get_File_HasTheFieldsOfTheFirstRuleForIt(string target, string cacheControl, string? expires)
    {
        await using var site = await CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get(target));
        Assert.Equal(200, response.StatusCode);
        Assert.Equal(cacheControl, response.Headers["Cache-Control"]);
        Assert.Equal(expires ?? "", response.Headers["Expires"].ToString());

        var unchanged = await site.SendAsync(TestHttpContext.Get(target).WithHeader("If-None-Match", response.Headers["ETag"].ToString()));
        Assert.Equal(304, unchanged.StatusCode);
        Assert.Equal(cacheControl, unchanged.Headers["Cache-Control"]);
        Assert.Equal(expires ?? "", unchanged.Headers["Expires"].ToString());
    }

    [Fact]
    public async Task Get_Errors_HaveNone()
    {
        await using var site = await CreateAsync();
        foreach (var target in new[] { "/with", "/nothing.png" })
        {
            var response = await site.SendAsync(TestHttpContext.Get(target));
            Assert.False(response.Headers.Contains("Cache-Control"), target);
            Assert.False(response.Headers.Contains("Expires"), target);
        }
    }

    [Fact]
    public async Task Get_Expires_GoesWithTheClock()
    {
        await using var site = await CreateAsync();
        Assert.Equal("Thu, 01 Jan 2026 01:00:00 GMT", (await site.SendAsync(TestHttpContext.Get("/pics/a.png"))).Headers["Expires"]);
        site.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Equal("Thu, 01 Jan 2026 01:00:00 GMT", (await site.SendAsync(TestHttpContext.Get("/pics/a.png"))).Headers["Expires"]);
        site.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Thu, 01 Jan 2026 01:00:01 GMT", (await site.SendAsync(TestHttpContext.Get("/pics/a.png"))).Headers["Expires"]);
    }

    [Theory]
    [InlineData("/assets/*", "/assets/a", true)]
    [InlineData("/assets/*", "/assets/a/b/c", true)]
    [InlineData("/assets/*", "/assets", false)]
    [InlineData("/assets/*", "/assets2/a", false)]
    [InlineData("/assets/*", "/x/assets/a", false)]
    [InlineData("/assets/*", "/Assets/a", false)]
    [InlineData("/*", "/a", true)]
    [InlineData("/*", "/a/b", true)]
    [InlineData("/a.css", "/a.css", true)]
    [InlineData("/a.css", "/b/a.css", false)]
    [InlineData("/a.css", "/a.css/b", false)]
    [InlineData("*.css", "/a.css", true)]
    [InlineData("*.css", "/b/c/a.css", true)]
    [InlineData("*.css", "/a.css/b", false)]
    [InlineData("*.css", "/a.CSS", false)]
    [InlineData("*.css", "/a.cssx", false)]
    [InlineData("index.html", "/index.html", true)]
    [InlineData("index.html", "/a/index.html", true)]
    [InlineData("index.html", "/a/xindex.html", false)]
    [InlineData("*", "/a/b", true)]
    [InlineData("*.????????.js", "/app.3f9a1c2b.js", true)]
    [InlineData("*.????????.js", "/assets/app.min.3f9a1c2b.js", true)]
    [InlineData("*.????????.js", "/app.js", false)]
    [InlineData("*.????????.js", "/app.3f9a1c2.js", false)]
    [InlineData("?.js", "/.js", false)]
    [InlineData("?.js", "/a.js", true)]
    [InlineData("?.js", "/ab.js", false)]
    [InlineData("/a/*.js", "/a/b.js", true)]
    [InlineData("/a/*.js", "/a/b/c.js", false)]
    [InlineData("/a/*/c", "/a/b/c", true)]
    [InlineData("/a/*/c", "/a/b/b/c", false)]
    [InlineData("/a/*/c/*", "/a/b/c/d/e", true)]
    [InlineData("/a/*/c/*", "/a/b/c", false)]
    [InlineData("/*/c", "/a/c", true)]
    [InlineData("*a*b*c*", "/xaybzc", true)]
    [InlineData("*a*b*c*", "/xaybz", false)]
    [InlineData("*a*a*a*a*a*a*a*b", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void IsMatch_Pattern_IsForThatFile(string pattern, string path, bool expected)
    {
        Assert.True(FilePattern.IsValid(pattern));
        Assert.Equal(expected, new FilePattern(pattern).IsMatch(path));
    }

    private static async Task<Site> CreateAsync()
    {
        var site = await Site.CreateAsync(options =>
        {
            options.CacheControl = "max-age=5";
            options.Fallback = "/index.html";
            options.CacheRules =
            [
                new() { Match = ["/assets/*"], CacheControl = "public, max-age=31536000, immutable" },
                new() { Match = ["*.html"], CacheControl = "no-cache" },
                new() { Match = ["*.jpg", "*.png"], Expires = TimeSpan.FromHours(1) },
                new() { Match = ["*.gif"], Expires = TimeSpan.Zero, CacheControl = "private" },
                new() { Match = ["/pics/*"], Expires = TimeSpan.Zero },
            ];
        });
        foreach (var file in new[] { "assets/app.3f9a1c2b.js", "assets/deep/er/x.css", "pics/a.png", "pics/now.gif", "pics/zero.bmp" })
        {
            site.Write(file, "1");
        }

        return site;
    }
}
