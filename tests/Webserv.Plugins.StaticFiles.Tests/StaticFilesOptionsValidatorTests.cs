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
        options.ExtraFields = new Dictionary<string, string> { ["Content-Security-Policy"] = "sandbox" };
    }).Succeeded);

    public static TheoryData<string, Action<StaticFilesOptions>> Wrong => new()
    {
        { "Index:0: ", options => options.Index = [""] },
        { "Index:1: ", options => options.Index = ["a", "b/c"] },
        { "Index:0: ", options => options.Index = [".."] },
        { "Index:0: ", options => options.Index = ["a\\b"] },
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
        { "ExtraFields:a b: ", options => options.ExtraFields["a b"] = "c" },
        { "ExtraFields:X-A: ", options => options.ExtraFields["X-A"] = "b\r\nc: d" },
        { "ExtraFields:content-length: ", options => options.ExtraFields["content-length"] = "1" },
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
