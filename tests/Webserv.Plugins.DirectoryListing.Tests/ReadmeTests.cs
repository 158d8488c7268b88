using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Webserv.Plugins.DirectoryListing.Html;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class ReadmeTests : IDisposable
{
    private readonly ListingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("README.md README.txt README", "README.md")]
    [InlineData("README.txt README", "README.txt")]
    [InlineData("readme", "readme")]
    [InlineData("Readme.MD readme", "Readme.MD")]
    [InlineData("README.md readme.md Readme.md", "README.md")]
    [InlineData("README.rst a", "")]
    [InlineData("README.md/x a", "")]
    public async Task Get_Readme_IsTheBestOfThoseThatAreThere(string names, string expected)
    {
        foreach (var name in names.Split(' '))
        {
            _folder.Write(name, "the content of " + name);
        }

        Assert.Equal(expected.Length == 0 ? "" : "the content of " + expected, await ShownAsync("/"));
    }

    [Theory]
    [InlineData("/?page=2", 1)]
    [InlineData("/?filter=README", 10)]
    public async Task Get_PartOfTheList_HasNoReadme(string target, int pageSize)
    {
        _folder.Write("README", "text");
        _folder.Write("a");
        Assert.Equal("", await ShownAsync(target, options => options.PageSize = pageSize));
        Assert.Equal("text", await ShownAsync("/", options => options.PageSize = pageSize));
    }

    [Fact]
    public async Task Get_Options_DecideWhetherAndWhatIsShown()
    {
        _folder.Write("README.md", "markdown");
        _folder.Write("ABOUT", "about");
        Assert.Equal("about", await ShownAsync("/", options => options.Readme = ["about", "README.md"]));
        Assert.Equal("", await ShownAsync("/", options => options.Readme = []));
        Assert.Equal("", await ShownAsync("/", options => options.Hide = ["readme*"]));
    }

    [Fact]
    public async Task Get_Text_IsEscapedAsItIs()
    {
        _folder.Write("README.txt", "\uFEFF<script>alert(1)</script>\n  # no heading & é");
        Assert.Contains("<pre>&lt;script&gt;alert(1)&lt;/script&gt;&#xA;  # no heading &amp; é</pre>", (await _folder.GetAsync("/")).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_LongText_IsCutAndSaysWhereTheRestIs()
    {
        _folder.Write("README.txt", new string('a', 5000));
        var html = (await _folder.GetAsync("/", options => options.ReadmeMaxSize = 1000)).BodyText;
        Assert.Contains($"<pre>{new string('a', 1000)}</pre>", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"./README.txt\">The whole of README.txt</a>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("The whole of", (await _folder.GetAsync("/", options => options.ReadmeMaxSize = 5000)).BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_LinkOutOfTheRoot_IsNotShown()
    {
        _folder.Write("../secret", "secret");
        _folder.Link("README", "../secret");
        Assert.DoesNotContain("secret", (await _folder.GetAsync("/")).BodyText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Title", "<h3>Title</h3>\n")]
    [InlineData("##### Deep", "<h6>Deep</h6>\n")]
    [InlineData("a *b* **c** `d` ~~e~~", "<p>a <em>b</em> <strong>c</strong> <code>d</code> <del>e</del></p>\n")]
    [InlineData("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n")]
    [InlineData("|a|b|\n|-:|-|\n|1|2|", "<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>\n")]
    [InlineData("```cs\nx < y\n```", "<pre><code class=\"language-cs\">x &lt; y\n</code></pre>\n")]
    [InlineData("[a](b.txt)", "<p><a href=\"b.txt\">a</a></p>\n")]
    [InlineData("[a](https://example.com/?x&y)", "<p><a href=\"https://example.com/?x&amp;y\">a</a></p>\n")]
    [InlineData("https://example.com", "<p><a href=\"https://example.com\">https://example.com</a></p>\n")]
    [InlineData("![a](pic.png)", "<p><img src=\"pic.png\" alt=\"a\" /></p>\n")]
    [InlineData("![a](https://example.com/pic.png)", "<p><a href=\"https://example.com/pic.png\">a</a></p>\n")]
    [InlineData("![a](//example.com/pic.png)", "<p><a href=\"//example.com/pic.png\">a</a></p>\n")]
    [InlineData("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n")]
    [InlineData("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n")]
    [InlineData("[a](javascript:alert(1))", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](JaVaScRiPt:alert(1))", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](&#106;avascript:alert(1))", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](<java\tscript:alert(1)>)", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](data:text/html,x)", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("![a](javascript:alert(1))", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n")]
    [InlineData("[a]\n\n[a]: vbscript:x", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](x \"t\\\" onclick=y\")", "<p><a href=\"x\" title=\"t&quot; onclick=y\">a</a></p>\n")]
    [InlineData("[a](x:y/z)", "<p><a href=\"\">a</a></p>\n")]
    [InlineData("[a](./x:y)", "<p><a href=\"./x:y\">a</a></p>\n")]
    [InlineData("[a](?q=x:y)", "<p><a href=\"?q=x:y\">a</a></p>\n")]
    public void ToHtml_Markdown_IsSafe(string markdown, string expected) => Assert.Equal(expected, MarkdownText.ToHtml(markdown));

    [Fact]
    public async Task Get_MarkdownNestedTooDeep_IsShownAsText()
    {
        var deep = string.Concat(Enumerable.Repeat("> ", 2000)) + "bottom";
        _folder.Write("README.md", deep);
        Assert.Null(MarkdownText.ToHtml(deep));
        Assert.Equal(deep, await ShownAsync("/"));
    }

    [Theory]
    [InlineData("[", 65_536)]
    [InlineData("[", 2_000)]
    [InlineData("![[]()", 10_000)]
    [InlineData("![[]()", 1_000)]
    [InlineData("*a **a ", 9_000)]
    [InlineData("*a **a ", 2_000)]
    [InlineData("*_", 2_000)]
    [InlineData("`a``b", 13_000)]
    [InlineData("a|b\n-|-\n", 7_000)]
    [InlineData("<a <!-- ", 8_000)]
    [InlineData("[a](", 16_000)]
    [InlineData("[a](", 2_000)]
    public void ToHtml_MarkdownMadeToBeSlow_IsNot(string piece, int count)
    {
        var clock = Stopwatch.StartNew();
        MarkdownText.ToHtml(string.Concat(Enumerable.Repeat(piece, count)));

        // Without the limits it is some 20 seconds; with them a fraction of one, and the machine may have other things to do.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("[a] ", 2000, true)]
    [InlineData("[a] ", 2001, false)]
    [InlineData("*a ", 4000, true)]
    [InlineData("*a ", 4001, false)]
    [InlineData("====", 2000, true)]
    public void ToHtml_MoreMarksThanAnybodyWrites_IsLeftToBeText(string piece, int count, bool isMarkdown) =>
        Assert.Equal(isMarkdown, MarkdownText.ToHtml(string.Concat(Enumerable.Repeat(piece, count))) is not null);

    private async Task<string> ShownAsync(string target, Action<DirectoryListingOptions>? configure = null)
    {
        var html = (await _folder.GetAsync(target, configure)).BodyText;
        var shown = Regex.Match(html, "<section class=\"readme\"[^>]*><h2[^>]*>.*?</h2>\n(.*)</section>", RegexOptions.Singleline).Groups[1].Value;
        return WebUtility.HtmlDecode(Regex.Replace(shown, "</?(p|pre)>", "")).Trim();
    }
}
