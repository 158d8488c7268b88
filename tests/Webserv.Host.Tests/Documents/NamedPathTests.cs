using System.Text.RegularExpressions;
using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Documents;

/// <summary>Pages that name a file of this repository name one that is there.</summary>
public sealed partial class NamedPathTests
{
    private static readonly string Root = RepositoryRoot.Find();
    private static readonly string[] Beginnings = ["", "Webserv.Host", "Webserv.Host/Transport/Epoll"];

    public static TheoryData<string> Pages =>
    [
        "README.md",
        "packaging/README.md",
        .. Find("docs", "*.md"),
        .. Find("sample-site", "*.html"),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Page_PathsOfTheRepository_Exist(string page) =>
        Assert.Empty(GetNames(page).Where(name => !Exists(name, page)).Select(name => $"{page} names {name}"));

    [Theory]
    [InlineData("docs/how-a-request-flows.md", "Http1/Http1Response.cs")]
    [InlineData("docs/how-a-request-flows.md", "TimerWheel.cs")]
    [InlineData("docs/operating.md", "packaging/webserv.service")]
    [InlineData("docs/operating.md", "configuration.md")]
    [InlineData("sample-site/main/journey.html", "Webserv.Host/Transport/Epoll/LibC.cs")]
    public void GetNames_Page_HasThoseItNames(string page, string name) => Assert.Contains(name, GetNames(page));

    [Theory]
    [InlineData("Http1/Http1ResponseWriter.cs")]
    [InlineData("packaging/none.service")]
    [InlineData("docs/none/")]
    [InlineData("Nothing.cs")]
    public void Exists_NoSuchPath_IsFalse(string name) => Assert.False(Exists(name, "docs/operating.md"));

    private static IEnumerable<string> Find(string directory, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, directory), pattern, SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal);

    private static IEnumerable<string> GetNames(string page)
    {
        var text = File.ReadAllText(Path.Combine(Root, page));
        text = page.EndsWith(".md", StringComparison.Ordinal) ? Fence().Replace(text, "") : text;
        return Name().Matches(text).Select(match => match.Groups["name"].Value)
            .Where(name => (name.Contains('/', StringComparison.Ordinal) || name.EndsWith(".cs", StringComparison.Ordinal) || name.EndsWith(".md", StringComparison.Ordinal))
                && !name.StartsWith('/')
                && !name.Contains("://", StringComparison.Ordinal)
                && !name.Contains("Foo", StringComparison.Ordinal)); // the plugin that the reader writes
    }

    private static bool Exists(string name, string page) =>
        Beginnings.Append(Path.GetDirectoryName(page)!).Any(beginning => Path.Exists(Path.Combine(Root, beginning, name)))
        || (!name.Contains('/', StringComparison.Ordinal) && Directory.EnumerateFiles(Path.Combine(Root, "Webserv.Host"), name, SearchOption.AllDirectories).Any());

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    // In backticks, in a link, or in an element of code: a directory with its slash, or a file of a kind that is kept here.
    [GeneratedRegex(@"(`|\]\(|<code>)(?<name>[A-Za-z0-9_./-]+(/|\.(cs|md|json|html|service|props|targets|txt|py|php|sh)))(`|\)|#|</code>)")]
    private static partial Regex Name();
}
