using System.Xml.Linq;
using Webserv.Host.Plugins.Documentation;

namespace Webserv.Host.Tests.Plugins.Documentation;

public sealed class DocumentationTextTests
{
    [Theory]
    [InlineData(" a\n    b ", "a b", "a b")]
    [InlineData("a_b *c* &lt;d&gt; \\", "a_b *c* <d> \\", "a\\_b \\*c\\* \\<d\\> \\\\")]
    [InlineData("<c>.php</c>, <c>a`b</c>", ".php, a`b", "`.php`, `` a`b ``")]
    [InlineData("See <see cref=\"P:N.Options.Limit\"/>.", "See Limit.", "See `Limit`.")]
    [InlineData("<see cref=\"T:N.List`1\"/> <see cref=\"M:N.T.Do(System.Int32,N.X)\"/>", "List Do", "`List` `Do`")]
    [InlineData("<see cref=\"F:N.Kind.One\">that <c>one</c></see>", "that one", "that `one`")]
    [InlineData("<see langword=\"null\"/> <paramref name=\"path\"/>", "null path", "`null` `path`")]
    [InlineData("<see href=\"https://example.com/\"/>", "https://example.com/", "https://example.com/")]
    [InlineData("a<para>b</para>c<list><item>d</item><item>e</item></list>", "a b c d e", "a b c d e")]
    [InlineData("", "", "")]
    public void Of_Summary_IsOneLine(string summary, string plain, string markdown)
    {
        var element = XElement.Parse($"<summary>{summary}</summary>", LoadOptions.PreserveWhitespace);
        Assert.Equal((plain, markdown), (DocumentationText.Of(element, TextStyle.Plain), DocumentationText.Of(element, TextStyle.Markdown)));
    }

    [Fact]
    public void Of_Nothing_IsEmpty() => Assert.Equal("", DocumentationText.Of(null, TextStyle.Plain));
}
