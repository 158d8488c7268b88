using System.Text.Json;
using System.Text.RegularExpressions;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>Files that strangers wrote must not run as a part of the site.</summary>
public sealed partial class StrangersFilesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("html")]
    [InlineData("HTM")]
    [InlineData("shtml")]
    [InlineData("xhtml")]
    [InlineData("xht")]
    [InlineData("xml")]
    [InlineData("xsl")]
    [InlineData("xslt")]
    [InlineData("xspf")]
    [InlineData("xul")]
    [InlineData("rss")]
    [InlineData("atom")]
    [InlineData("rdf")]
    [InlineData("owl")]
    [InlineData("svg")]
    [InlineData("svgz")]
    [InlineData("mml")]
    [InlineData("mathml")]
    [InlineData("smil")]
    [InlineData("wsdl")]
    [InlineData("kml")]
    [InlineData("gpx")]
    [InlineData("dtd")]
    [InlineData("js")]
    [InlineData("mjs")]
    [InlineData("cjs")]
    [InlineData("css")]
    [InlineData("htc")]
    [InlineData("hta")]
    [InlineData("mht")]
    [InlineData("mhtml")]
    [InlineData("eml")]
    [InlineData("swf")]
    [InlineData("pdf")]
    [InlineData("wasm")]
    [InlineData("appcache")]
    [InlineData("webmanifest")]
    [InlineData("php")]
    [InlineData("unknown")]
    [InlineData("")]
    public void Find_DangerousExtension_IsTextOrBytes(string extension) =>
        Assert.Contains(Strangers().Find("/var/uploads/x." + extension), new[] { "text/plain; charset=utf-8", "application/octet-stream" });

    [Fact]
    public void Find_EveryKnownExtension_IsHarmless()
    {
        var types = Strangers();
        foreach (var extension in ContentTypeTable.ByExtension.Keys)
        {
            var type = types.Find("x." + extension);
            Assert.True(Harmless().IsMatch(type) && !type.Contains("xml", StringComparison.Ordinal), $"{extension}: {type}");
        }
    }

    [Theory]
    [InlineData("a.png", "image/png")]
    [InlineData("a.mp4", "video/mp4")]
    [InlineData("a.mp3", "audio/mpeg")]
    [InlineData("a.txt", "text/plain; charset=utf-8")]
    [InlineData("a.svg", "text/plain; charset=utf-8")]
    [InlineData("a.json", "text/plain; charset=utf-8")]
    [InlineData("a.zip", "application/octet-stream")]
    [InlineData("README", "application/octet-stream")]
    public void Find_AllowList_KeepsWhatItNames(string path, string type) => Assert.Equal(type, Strangers().Find(path));

    [Fact]
    public void Find_TypeThatIsNamed_IsKeptThoughBrowsersRunIt() =>
        Assert.Equal("image/svg+xml", Strangers(options => options.OnlyContentTypes.Add("IMAGE/svg+xml")).Find("a.svg"));

    [Fact]
    public void Find_ConfiguredTypes_AreUnderTheAllowListToo()
    {
        var types = Strangers(options =>
        {
            options.ContentTypes[".a"] = "text/html; charset=utf-16";
            options.ContentTypes[".b"] = "image/png; a=b";
            options.DefaultContentType = "";
        });
        Assert.Equal("text/plain; charset=utf-8", types.Find("x.a"));
        Assert.Equal("image/png; a=b", types.Find("x.b"));
        Assert.Equal("application/octet-stream", types.Find("x")); // none at all would be guessed
    }

    [Fact]
    public async Task InvokeAsync_OptionsOfTheSampleSite_LeaveNoPageAndNoScript()
    {
        var file = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Find(), "appsettings.json"), Cancellation);
        using var json = JsonDocument.Parse(file, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        var uploads = json.RootElement.GetProperty("Webserv").GetProperty("VirtualServers")[0].GetProperty("Pipeline").EnumerateArray()
            .Single(entry => entry.TryGetProperty("When", out var when) && when.TryGetProperty("Path", out var path) && path.GetString() == "/uploads/*");
        var sample = uploads.GetProperty("Pipeline").EnumerateArray()
            .Single(entry => entry.GetProperty("Use").GetString() == "StaticFiles").GetProperty("Options");

        await using var site = await Site.CreateAsync(options =>
        {
            options.OnlyContentTypes = [.. sample.GetProperty("OnlyContentTypes").EnumerateArray().Select(type => type.GetString()!)];
            options.NoSniff = sample.GetProperty("NoSniff").GetBoolean();
            options.ExtraFields = sample.GetProperty("ExtraFields").EnumerateObject().ToDictionary(field => field.Name, field => field.Value.GetString()!);
        });
        site.Write("x.shtml", "<script>alert(1)</script>");
        var response = await site.SendAsync(TestHttpContext.Get("/x.shtml"));
        Assert.Equal("text/plain; charset=utf-8", response.Headers["Content-Type"]);
        Assert.Equal("nosniff", response.Headers["X-Content-Type-Options"]);
        Assert.Equal("sandbox", response.Headers["Content-Security-Policy"]);

        var unchanged = await site.SendAsync(TestHttpContext.Get("/x.shtml").WithHeader("If-None-Match", response.Headers["ETag"].ToString()));
        Assert.Equal((304, "nosniff"), (unchanged.StatusCode, unchanged.Headers["X-Content-Type-Options"].ToString()));
    }

    [Fact]
    public async Task InvokeAsync_WithoutTheOptions_SendsNoExtraFields()
    {
        await using var site = await Site.CreateAsync();
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt"));
        Assert.False(response.Headers.Contains("X-Content-Type-Options"));
        Assert.False(response.Headers.Contains("Cache-Control"));
    }

    private static ContentTypes Strangers(Action<StaticFilesOptions>? configure = null)
    {
        var options = new StaticFilesOptions { OnlyContentTypes = ["image/*", "audio/*", "video/*"] };
        configure?.Invoke(options);
        return new ContentTypes(options);
    }

    [GeneratedRegex("^(text/plain; charset=utf-8|application/octet-stream|(image|audio|video)/[^;]+)$")]
    private static partial Regex Harmless();
}
