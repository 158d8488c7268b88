namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class ContentTypesTests
{
    [Theory]
    [InlineData("/a/index.html", "text/html; charset=utf-8")]
    [InlineData("/a/INDEX.HTM", "text/html; charset=utf-8")]
    [InlineData("a.css", "text/css; charset=utf-8")]
    [InlineData("a.js", "text/javascript; charset=utf-8")]
    [InlineData("a.mjs", "text/javascript; charset=utf-8")]
    [InlineData("a.json", "application/json; charset=utf-8")]
    [InlineData("a.map", "application/json; charset=utf-8")]
    [InlineData("a.webmanifest", "application/manifest+json; charset=utf-8")]
    [InlineData("a.txt", "text/plain; charset=utf-8")]
    [InlineData("a.md", "text/markdown; charset=utf-8")]
    [InlineData("a.csv", "text/csv; charset=utf-8")]
    [InlineData("a.svg", "image/svg+xml")]
    [InlineData("a.xhtml", "application/xhtml+xml")]
    [InlineData("a.png", "image/png")]
    [InlineData("a.jpg", "image/jpeg")]
    [InlineData("a.jpeg", "image/jpeg")]
    [InlineData("a.gif", "image/gif")]
    [InlineData("a.webp", "image/webp")]
    [InlineData("a.avif", "image/avif")]
    [InlineData("favicon.ico", "image/vnd.microsoft.icon")]
    [InlineData("a.woff", "font/woff")]
    [InlineData("a.woff2", "font/woff2")]
    [InlineData("a.ttf", "font/ttf")]
    [InlineData("a.wasm", "application/wasm")]
    [InlineData("a.pdf", "application/pdf")]
    [InlineData("a.zip", "application/zip")]
    [InlineData("a.tar.gz", "application/gzip")]
    [InlineData("a.mp4", "video/mp4")]
    [InlineData("a.webm", "video/webm")]
    [InlineData("a.mp3", "audio/mpeg")]
    [InlineData("a.ogg", "audio/ogg")]
    [InlineData("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")]
    [InlineData("a.odt", "application/vnd.oasis.opendocument.text")]
    [InlineData("a.unknown", "application/octet-stream")]
    [InlineData("a.", "application/octet-stream")]
    [InlineData("README", "application/octet-stream")]
    [InlineData("/a.html/README", "application/octet-stream")]
    [InlineData("", "application/octet-stream")]
    public void Find_Name_HasItsType(string path, string expected) =>
        Assert.Equal(expected, new ContentTypes(new StaticFilesOptions()).Find(path));

    [Fact]
    public void Find_Overrides_GoFirst()
    {
        var types = new ContentTypes(new StaticFilesOptions
        {
            ContentTypes = new Dictionary<string, string>
            {
                [".MD"] = "text/x-mine",
                ["foo"] = "text/foo; charset=latin1",
                ["html"] = "application/x-html",
            },
            DefaultContentType = "text/plain",
            Charset = "iso-8859-1",
        });

        Assert.Equal("text/x-mine; charset=iso-8859-1", types.Find("a.md"));
        Assert.Equal("text/foo; charset=latin1", types.Find("a.Foo"));
        Assert.Equal("application/x-html", types.Find("a.html"));
        Assert.Equal("text/plain; charset=iso-8859-1", types.Find("a"));
    }

    [Fact]
    public void Find_WithoutCharset_NamesNone() =>
        Assert.Equal("text/html", new ContentTypes(new StaticFilesOptions { Charset = "" }).Find("a.html"));

    [Fact]
    public void ByExtension_EveryEntry_PassesTheValidator() =>
        Assert.True(new StaticFilesOptionsValidator()
            .Validate(null, new StaticFilesOptions { ContentTypes = ContentTypeTable.ByExtension.ToDictionary() }).Succeeded);
}
