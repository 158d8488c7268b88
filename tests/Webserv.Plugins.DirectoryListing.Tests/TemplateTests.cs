using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.DirectoryListing.Html;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class TemplateTests : IDisposable
{
    private readonly ListingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Get_TemplateOfOnesOwn_IsFilledAndEscaped()
    {
        _folder.Write("a & \"b\".txt", 1500);
        _folder.Folder("sub");
        File.WriteAllText(Path.Combine(_folder.Outer, "page.html"), """
            <title>{{ path }} {{name}}</title><p title='{{filter}}'>{{folders}}/{{files}}/{{size}}/{{bytes}}/{{page}}/{{pages}}</p>
            <ul>{{#entries}}<li class="{{type}}" data-name="{{name}}"><a href="{{href}}">{{name}}</a> {{size}} {{bytes}} {{date}} {{datetime}}</li>{{/entries}}</ul>
            """);
        var response = await _folder.GetAsync("/?filter=*&sort=size", options => options.Template = "page.html");
        Assert.Equal(
            """
            <title>/ /</title><p title='*'>1/1/1.5 KB/1500/1/1</p>
            <ul><li class="folder" data-name="sub"><a href="./sub/?sort=size&amp;order=asc">sub</a>   1970-01-01 00:00 1970-01-01T00:00:00Z</li><li class="file" data-name="a &amp; &quot;b&quot;.txt"><a href="./a%20%26%20%22b%22.txt">a &amp; &quot;b&quot;.txt</a> 1.5 KB 1500 1970-01-01 00:00 1970-01-01T00:00:00Z</li></ul>
            """,
            response.BodyText);
    }

    [Fact]
    public void Get_TemplateHasChanged_IsReadAgainUnlessItIsWrong()
    {
        var path = Path.Combine(_folder.Outer, "page.html");
        File.WriteAllText(path, "one {{#entries}}{{name}}{{/entries}}");
        var logger = new Mock<ILogger>();
        logger.Setup(log => log.IsEnabled(It.IsAny<LogLevel>())).Returns(true);
        var template = new TemplateFile(path, policy: null, logger.Object);
        var first = template.Get().Template;
        Assert.Same(first, template.Get().Template);

        File.WriteAllText(path, "another {{#entries}}{{name}}{{/entries}}");
        var second = template.Get().Template;
        Assert.NotEqual(first.Version, second.Version);

        File.WriteAllText(path, "a wrong one {{x}}");
        Assert.Same(second, template.Get().Template);
        File.Delete(path);
        Assert.Same(second, template.Get().Template);
        Assert.Same(second, template.Get().Template);
        Assert.Equal(2, logger.Invocations.Count(call => call.Method.Name == nameof(ILogger.Log)));

        File.WriteAllText(path, "one {{#entries}}{{name}}{{/entries}}");
        Assert.Equal(first.Version, template.Get().Template.Version);
    }

    [Fact]
    public async Task Get_TemplateWithInlineElements_IsAllowedThem()
    {
        File.WriteAllText(Path.Combine(_folder.Outer, "page.html"), "<style>a{}\r\nb{}</style><script>1</script><SCRIPT src='/x.js'></SCRIPT>{{#entries}}{{row}}{{/entries}}");
        var policy = (await _folder.GetAsync("/", options => options.Template = "page.html")).Headers[Fields.ContentSecurityPolicy].ToString();
        Assert.Contains($"style-src 'self' 'sha256-{Hash("a{}\nb{}")}'", policy, StringComparison.Ordinal);
        Assert.Contains($"script-src 'self' 'sha256-{Hash("1")}'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        var own = await _folder.GetAsync("/", options => options.ContentSecurityPolicy = "default-src https:");
        Assert.Equal("default-src https:", own.Headers[Fields.ContentSecurityPolicy]);
    }

    [Theory]
    [InlineData("{{#entries}}{{row}}{{/entries}}", "")]
    [InlineData("{{#entries}}{{/entries}}", "")]
    [InlineData("<a href=\"{{filter}}\">{{#entries}}{{/entries}}", "(1): {{filter}} stands in the attribute href, where only {{href}} may, at its beginning")]
    [InlineData("{{#entries}}<a href='x/{{href}}'>{{/entries}}", "(1): {{href}} stands in the attribute href, where only {{href}} may, at its beginning")]
    [InlineData("{{#entries}}<a HREF = '{{name}}'>{{/entries}}", "(1): {{name}} stands in the attribute HREF, where only {{href}} may, at its beginning")]
    [InlineData("{{#entries}}<a href='{{href}}' title=\"x {{name}} y\">{{/entries}}", "")]
    [InlineData("{{#entries}}<img alt=''src='{{name}}'>{{/entries}}", "(1): {{name}} stands in the attribute src, where only {{href}} may, at its beginning")]
    [InlineData("{{#entries}}<a title={{name}}>{{/entries}}", "(1): {{name}} stands in a tag without quotes around it")]
    [InlineData("{{#entries}}<a {{name}}>{{/entries}}", "(1): {{name}} stands in a tag without quotes around it")]
    [InlineData("{{#entries}}<{{name}}>{{/entries}}", "(1): {{name}} stands in a tag without quotes around it")]
    [InlineData("{{#entries}}<a onclick='x({{name}})'>{{/entries}}", "(1): {{name}} stands in the attribute onclick, where no escaping makes it safe")]
    [InlineData("{{#entries}}<a style='{{name}}'>{{/entries}}", "(1): {{name}} stands in the attribute style, where no escaping makes it safe")]
    [InlineData("{{#entries}}<a title='{{row}}'>{{/entries}}", "(1): {{row}} stands in a tag, and is elements")]
    [InlineData("<script>\nvar x = '{{path}}';</script>{{#entries}}{{/entries}}", "(2): {{path}} stands in a <script>, where no escaping makes it safe")]
    [InlineData("<style>{{path}}</style>{{#entries}}{{/entries}}", "(1): {{path}} stands in a <style>, where no escaping makes it safe")]
    [InlineData("<script>a</script>{{path}}<script>b</script>{{#entries}}{{/entries}}", "")]
    [InlineData("<!-- {{path}} -->{{#entries}}{{/entries}}", "(1): {{path}} stands in a comment")]
    [InlineData("<!-- ' \" < -->{{path}}{{#entries}}{{/entries}}", "")]
    [InlineData("<p title=\"a>b\">{{path}}{{#entries}}{{/entries}}", "")]
    [InlineData("<p title=\"it's\">{{path}}{{#entries}}{{/entries}}", "")]
    [InlineData("a\n\n{{nothing}}{{#entries}}{{/entries}}", "(3): {{nothing}} is unknown outside {{#entries}}: path, name, filter, folders, files, size, bytes, page, pages, style, script, icons, breadcrumbs, filterForm, message, headings, parent, pagination, readme, summary, formats, #entries")]
    [InlineData("{{#entries}}{{path}}{{/entries}}", "(1): {{path}} is unknown within {{#entries}}: name, href, type, size, bytes, date, datetime, icon, link, row")]
    [InlineData("no entries", "(1): {{#entries}} … {{/entries}} is missing: nothing would be listed")]
    [InlineData("", "(1): {{#entries}} … {{/entries}} is missing: nothing would be listed")]
    [InlineData("{{#entries}}\n{{name}}", "(2): {{/entries}} is missing")]
    [InlineData("{{/entries}}", "(1): {{/entries}} without {{#entries}}; (1): {{#entries}} … {{/entries}} is missing: nothing would be listed")]
    [InlineData("{{#entries}}{{/entries}}{{#entries}}{{/entries}}", "(1): {{#entries}} may come only once; (1): {{/entries}} without {{#entries}}")]
    [InlineData("{{#entries}}{{#entries}}{{/entries}}", "(1): {{#entries}} may come only once")]
    [InlineData("<p title='{{#entries}}'>{{/entries}}", "(1): {{#entries}} stands in a tag, and is elements")]
    [InlineData("{{#entries}}{{/entries}}{{path", "(1): a placeholder begins and does not end")]
    [InlineData("{{#entries}}{{/entries}}{ {path} }", "")]
    public void Parse_Template_SaysEverythingThatIsWrong(string text, string expected)
    {
        var template = TemplateParser.Parse(text, out var errors);
        Assert.Equal(expected, string.Join("; ", errors));
        Assert.Equal(expected.Length == 0, template is not null);
    }

    [Fact]
    public async Task UseAsync_WrongTemplate_IsRefusedWhenThePipelineIsBuilt()
    {
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => _folder.GetAsync("/", options => options.Template = "none.html"));
        Assert.StartsWith($"Template: {_folder.Outer}/none.html can not be read: ", missing.Message, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder.Outer, "page.html"), "{{x}}");
        var wrong = await Assert.ThrowsAsync<InvalidOperationException>(() => _folder.GetAsync("/", options => options.Template = "page.html"));
        Assert.StartsWith($"Template: {_folder.Outer}/page.html(1): {{{{x}}}} is unknown", wrong.Message, StringComparison.Ordinal);
        Assert.Contains("; Template: ", wrong.Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(_folder.Outer, "page.html"), [0xFF]);
        await Assert.ThrowsAsync<InvalidOperationException>(() => _folder.GetAsync("/", options => options.Template = "page.html"));
    }

    [Fact]
    public async Task Validate_WrongOptions_AreNamed()
    {
        await using var host = await PluginHost.CreateAsync<DirectoryListingPlugin>(cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(
            [
                "Hide:1: 'a/b' is not a pattern of a single file or directory",
                $"SymbolicLinks: '9' is not one of {string.Join(", ", Enum.GetNames<SymbolicLinkPolicy>())}",
                "PageSize: 0 is not within 1 to 100000",
                "MaxEntries: 0 is not within 1 to 1000000",
                "Readme:0: '' is not a name of a single file or directory",
                "ReadmeMaxSize: 2MB is not within 1 byte to 64 KB",
                "Template: must name a file",
                "ContentSecurityPolicy: must be printable ASCII, and not empty",
            ],
            host.Validate<DirectoryListingOptions>("DirectoryListing", options =>
            {
                options.Hide = ["*.bak", "a/b"];
                options.SymbolicLinks = (SymbolicLinkPolicy)9;
                options.PageSize = 0;
                options.MaxEntries = 0;
                options.Readme = [""];
                options.ReadmeMaxSize = 2 << 20;
                options.Template = " ";
                options.ContentSecurityPolicy = "a\nb";
            }));
    }

    [Fact]
    public void Placeholders_All_StandInTheDocumentation()
    {
        var page = File.ReadAllText(Path.Combine(FindRepository(), "docs", "listings.md"));
        var rows = Regex.Matches(page, "^\\| `([A-Za-z]+)` \\|", RegexOptions.Multiline).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], Placeholders.Page.Keys.Concat(Placeholders.Entry.Keys).Except(rows));
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "Webserv.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }

    private static string Hash(string text) =>
        Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
