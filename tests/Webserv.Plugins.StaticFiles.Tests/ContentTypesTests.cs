using System.Diagnostics;

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
    [InlineData("A.TAR.GZ", "application/gzip")]
    [InlineData("a.tgz", "application/gzip")]
    [InlineData("a.tar", "application/x-tar")]
    [InlineData("a.br", "application/x-brotli")]
    [InlineData("a.zst", "application/zstd")]
    [InlineData("a.7z", "application/x-7z-compressed")]
    [InlineData("a.xml", "text/xml; charset=utf-8")]
    [InlineData("a.xsl", "application/xslt+xml")]
    [InlineData("a.rss", "application/rss+xml")]
    [InlineData("a.atom", "application/atom+xml")]
    [InlineData("a.cjs", "text/javascript; charset=utf-8")]
    [InlineData("a.jsonld", "application/ld+json; charset=utf-8")]
    [InlineData("a.geojson", "application/geo+json; charset=utf-8")]
    [InlineData("a.yaml", "application/yaml")]
    [InlineData("a.toml", "application/toml")]
    [InlineData("a.ics", "text/calendar; charset=utf-8")]
    [InlineData("a.vcf", "text/vcard; charset=utf-8")]
    [InlineData("a.vtt", "text/vtt; charset=utf-8")]
    [InlineData("a.log", "text/plain; charset=utf-8")]
    [InlineData("a.sh", "text/x-sh; charset=utf-8")]
    [InlineData("a.py", "text/x-python; charset=utf-8")]
    [InlineData("a.php", "application/octet-stream")]
    [InlineData("a.svgz", "image/svg+xml")]
    [InlineData("a.bmp", "image/bmp")]
    [InlineData("a.tiff", "image/tiff")]
    [InlineData("a.heic", "image/heic")]
    [InlineData("a.jxl", "image/jxl")]
    [InlineData("a.apng", "image/apng")]
    [InlineData("a.otf", "font/otf")]
    [InlineData("a.ttc", "font/collection")]
    [InlineData("a.eot", "application/vnd.ms-fontobject")]
    [InlineData("a.m4v", "video/mp4")]
    [InlineData("a.mkv", "video/x-matroska")]
    [InlineData("a.mov", "video/quicktime")]
    [InlineData("a.ts", "video/mp2t")]
    [InlineData("a.m3u8", "application/vnd.apple.mpegurl")]
    [InlineData("a.mpd", "application/dash+xml")]
    [InlineData("a.m4a", "audio/mp4")]
    [InlineData("a.opus", "audio/ogg")]
    [InlineData("a.flac", "audio/flac")]
    [InlineData("a.wav", "audio/wav")]
    [InlineData("a.weba", "audio/webm")]
    [InlineData("a.mid", "audio/midi")]
    [InlineData("a.epub", "application/epub+zip")]
    [InlineData("a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")]
    [InlineData("a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation")]
    [InlineData("a.doc", "application/msword")]
    [InlineData("a.rtf", "application/rtf")]
    [InlineData("a.glb", "model/gltf-binary")]
    [InlineData("a.apk", "application/vnd.android.package-archive")]
    [InlineData("a.deb", "application/vnd.debian.binary-package")]
    [InlineData("a.exe", "application/octet-stream")]
    [InlineData("a.iso", "application/octet-stream")]
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

    [Theory]
    [InlineData("a.html", true)]
    [InlineData("a.css", true)]
    [InlineData("a.js", true)]
    [InlineData("a.json", true)]
    [InlineData("a.svg", true)]
    [InlineData("a.xml", true)]
    [InlineData("a.txt", true)]
    [InlineData("a.wasm", true)]
    [InlineData("a.ttf", true)]
    [InlineData("a.ico", true)]
    [InlineData("a.yaml", true)]
    [InlineData("a.webmanifest", true)]
    [InlineData("a.svgz", false)]
    [InlineData("a.woff", false)]
    [InlineData("a.woff2", false)]
    [InlineData("a.png", false)]
    [InlineData("a.jpg", false)]
    [InlineData("a.webp", false)]
    [InlineData("a.avif", false)]
    [InlineData("a.mp4", false)]
    [InlineData("a.mp3", false)]
    [InlineData("a.zip", false)]
    [InlineData("a.tar.gz", false)]
    [InlineData("a.br", false)]
    [InlineData("a.zst", false)]
    [InlineData("a.pdf", false)]
    [InlineData("a.docx", false)]
    [InlineData("a.exe", false)]
    [InlineData("a.unknown", false)]
    [InlineData("README", false)]
    [InlineData("a.mine", true)]
    [InlineData("a.packed", false)]
    public void FindType_Name_SaysWhetherItCompresses(string path, bool expected)
    {
        var options = new StaticFilesOptions { ContentTypes = { ["mine"] = "text/x-mine; charset=latin1", ["packed"] = "application/x-packed" } };
        Assert.Equal(expected, new ContentTypes(options).FindType(path).IsCompressible);
    }

    [Theory]
    [InlineData("text/html", true)]
    [InlineData("TEXT/HTML; charset=utf-8", true)]
    [InlineData("image/svg+xml", true)]
    [InlineData("application/json", true)]
    [InlineData("text/never-heard-of", true)]
    [InlineData("application/x-mine+json", true)]
    [InlineData("application/x-mine+xml;a=b", true)]
    [InlineData("application/x-mine", false)]
    [InlineData("image/png", false)]
    [InlineData("application/octet-stream", false)]
    [InlineData("video/mp2t", false)]
    [InlineData("", false)]
    public void IsCompressible_MediaType_IsKnownOrDecidedByItsKind(string type, bool expected) =>
        Assert.Equal(expected, ContentTypeTable.IsCompressible(type));

    [Theory]
    [InlineData("a.d.ts", "text/plain; charset=utf-8")]
    [InlineData("a.D.TS", "text/plain; charset=utf-8")]
    [InlineData(".d.ts", "text/plain; charset=utf-8")]
    [InlineData("a.b.d.ts", "text/plain; charset=utf-8")]
    [InlineData("a.ts", "video/mp2t")]
    [InlineData("d.ts", "video/mp2t")]
    [InlineData("a.x.ts", "video/mp2t")]
    [InlineData("a.html.unknown", "application/octet-stream")]
    [InlineData("/a.d.ts/b", "application/octet-stream")]
    public void Find_ExtensionWithSeveralDots_GoesBeforeAShorterOne(string path, string expected) =>
        Assert.Equal(expected, new ContentTypes(new StaticFilesOptions { ContentTypes = { [".d.ts"] = "text/plain" } }).Find(path));

    [Fact]
    public void ByExtension_Table_IsWhatTheGeneratorWrites()
    {
        var generator = Path.Combine(RepositoryRoot.Find(), "plugins", "Webserv.Plugins.StaticFiles", "ContentTypes", "generate");
        using var process = Process.Start(new ProcessStartInfo("python3", [generator, "--check"]) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, error);
        Assert.InRange(ContentTypeTable.ByExtension.Count, 1200, 2000);
    }

    [Fact]
    public void ByExtension_EveryEntry_PassesTheValidator() =>
        Assert.True(new StaticFilesOptionsValidator()
            .Validate(null, new StaticFilesOptions { ContentTypes = ContentTypeTable.ByExtension.ToDictionary(type => type.Key, type => type.Value.Name) }).Succeeded);
}
