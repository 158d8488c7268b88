namespace Webserv.Plugins.StaticFiles.Tests;

public sealed class StaticFilesOptionsValidatorTests
{
    [Fact]
    public void Validate_Defaults_Pass() => Assert.True(Validate(_ => { }).Succeeded);

    [Fact]
    public void Validate_SensibleOptions_Pass() => Assert.True(Validate(options =>
    {
        options.Index = ["index.html", "index.htm"];
        options.ContentTypes = new Dictionary<string, string> { [".md"] = "text/markdown", [".tar.gz"] = "application/gzip", ["foo"] = "text/x; charset=utf-8" };
        options.DefaultContentType = "";
        options.Charset = "";
        options.CacheControl = "public, max-age=3600";
        options.OnlyContentTypes = ["image/*", "text/plain"];
        options.TryFiles = ["{path}", "/static{path}.html", "{path}/", "{path}/index.html", "/index.html"];
        options.Fallback = "/index.html";
        options.NoIndexStatus = 403;
        options.CaseSensitivity = CaseSensitivity.Ignore;
        options.SymbolicLinks = Abstractions.Files.SymbolicLinkPolicy.SameOwner;
        options.CacheRules =
        [
            new() { Match = ["/assets/*", "*.????????.js"], CacheControl = "immutable" },
            new() { Match = ["index.html"], Expires = TimeSpan.Zero },
        ];
        options.ExtraFields = new Dictionary<string, string> { ["Content-Security-Policy"] = "sandbox", ["Vary"] = "Origin" };
    }).Succeeded);

    public static TheoryData<string, Action<StaticFilesOptions>> Wrong => new()
    {
        { "Index:0: ", options => options.Index = [""] },
        { "Index:1: ", options => options.Index = ["a", "b/c"] },
        { "Index:0: ", options => options.Index = [".."] },
        { "Index:0: ", options => options.Index = ["a\\b"] },
        { "Index:0: ", options => options.Index = ["index.php", "index.html"] },
        { "Index:1: ", options => options.Index = ["index.html", "INDEX.PHP"] },
        { "Index:0: ", options => options.Index = ["index.cgi"] },
        { "Index:0: ", options => options.Index = ["index.pl"] },
        { "ContentTypes:.: ", options => options.ContentTypes["."] = "text/plain" },
        { "ContentTypes:.tar..: ", options => options.ContentTypes[".tar.."] = "text/plain" },
        { "ContentTypes:a/b: ", options => options.ContentTypes["a/b"] = "text/plain" },
        { "ContentTypes:.a: ", options => options.ContentTypes[".a"] = "text" },
        { "ContentTypes:.a: ", options => options.ContentTypes[".a"] = "text/" },
        { "ContentTypes:.a: ", options => options.ContentTypes[".a"] = "/plain" },
        { "ContentTypes:.a: ", options => options.ContentTypes[".a"] = "" },
        { "ContentTypes:.a: ", options => options.ContentTypes[".a"] = "text/plain\r\nX: y" },
        { "DefaultContentType: ", options => options.DefaultContentType = "plain" },
        { "Charset: ", options => options.Charset = "utf 8" },
        { "SymbolicLinks: ", options => options.SymbolicLinks = (Abstractions.Files.SymbolicLinkPolicy)7 },
        { "CacheControl: ", options => options.CacheControl = "" },
        { "CacheControl: ", options => options.CacheControl = "a\nb" },
        { "OnlyContentTypes:0: ", options => options.OnlyContentTypes = ["image"] },
        { "OnlyContentTypes:1: ", options => options.OnlyContentTypes = ["image/*", "*/*"] },
        { "OnlyContentTypes:0: ", options => options.OnlyContentTypes = ["text/plain; charset=utf-8"] },
        { "MaxRanges: ", options => options.MaxRanges = -1 },
        { "MaxRanges: ", options => options.MaxRanges = 257 },
        { "NoIndexStatus: ", options => options.NoIndexStatus = 200 },
        { "CaseSensitivity: ", options => options.CaseSensitivity = (CaseSensitivity)9 },
        { "Fallback: ", options => options.Fallback = "" },
        { "Fallback: ", options => options.Fallback = "index.html" },
        { "Fallback: ", options => options.Fallback = "/app/" },
        { "Fallback: ", options => options.Fallback = "/a/../b" },
        { "Fallback: ", options => options.Fallback = "/index.php" },
        { "Fallback: ", options => options.Fallback = "/{path}" },
        { "TryFiles:0: ", options => options.TryFiles = [""] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "index.html"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "/index.php?x"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "/index.php"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "/app.py"] },
        { "TryFiles:0: ", options => options.TryFiles = ["$uri"] },
        { "TryFiles:0: ", options => options.TryFiles = ["{path}{path}"] },
        { "TryFiles:0: ", options => options.TryFiles = ["{path}/../x"] },
        { "TryFiles:0: ", options => options.TryFiles = ["//x"] },
        { "TryFiles:0: ", options => options.TryFiles = ["a{path}"] },
        { "TryFiles:0: ", options => options.TryFiles = ["=404"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "=404", "/index.html"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "=200"] },
        { "TryFiles:1: ", options => options.TryFiles = ["{path}", "=4x4"] },
        { "TryFiles:1: ", options => (options.TryFiles, options.Fallback) = (["{path}", "=404"], "/index.html") },
        { "CacheRules:0:Match: ", options => options.CacheRules = [new() { CacheControl = "no-cache" }] },
        { "CacheRules:1:Match:1: ", options => options.CacheRules = [new() { Match = ["*"], CacheControl = "a" }, new() { Match = ["/a/*", "a/b"], CacheControl = "a" }] },
        { "CacheRules:0:Match:0: ", options => options.CacheRules = [new() { Match = ["/a/"], CacheControl = "a" }] },
        { "CacheRules:0:Match:0: ", options => options.CacheRules = [new() { Match = ["/a/**"], CacheControl = "a" }] },
        { "CacheRules:0: ", options => options.CacheRules = [new() { Match = ["*"] }] },
        { "CacheRules:0:CacheControl: ", options => options.CacheRules = [new() { Match = ["*"], CacheControl = "a\r\nb" }] },
        { "CacheRules:0:Expires: ", options => options.CacheRules = [new() { Match = ["*"], Expires = TimeSpan.FromSeconds(-1) }] },
        { "CacheRules:0:Expires: ", options => options.CacheRules = [new() { Match = ["*"], Expires = TimeSpan.FromDays(4000) }] },
        { "ExtraFields:a b: ", options => options.ExtraFields["a b"] = "c" },
        { "ExtraFields:X-A: ", options => options.ExtraFields["X-A"] = "b\r\nc: d" },
        { "ExtraFields:content-length: ", options => options.ExtraFields["content-length"] = "1" },
        { "ExtraFields:expires: ", options => options.ExtraFields["expires"] = "0" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Validate_WrongOption_IsNamed(string expected, Action<StaticFilesOptions> configure) =>
        Assert.StartsWith(expected, Assert.Single(Validate(configure).Failures!), StringComparison.Ordinal);

    private static Microsoft.Extensions.Options.ValidateOptionsResult Validate(Action<StaticFilesOptions> configure)
    {
        var options = new StaticFilesOptions();
        configure(options);
        return new StaticFilesOptionsValidator().Validate(null, options);
    }
}
