using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>Pages that tell where in the code something is.</summary>
public sealed partial class SourceReferenceTests
{
    [Theory]
    [InlineData("sample-site/main/journey.html")]
    [InlineData("docs/how-a-request-flows.md")]
    public void Read_FilesThatThePageNames_AreThere(string page)
    {
        var sources = Directory.EnumerateFiles(Repository.Path("Webserv.Host"), "*.cs", SearchOption.AllDirectories).ToArray();
        var named = Sources().Matches(File.ReadAllText(Repository.Path(page))).Select(match => match.Value).ToHashSet();
        Assert.NotEmpty(named);
        Assert.Equal([], named.Where(name => !sources.Any(source => source.EndsWith("/" + name, StringComparison.Ordinal))));
    }

    [GeneratedRegex(@"\w[\w/.]*\.cs\b")]
    private static partial Regex Sources();
}
