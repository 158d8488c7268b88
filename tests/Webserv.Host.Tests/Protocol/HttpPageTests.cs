using System.Globalization;
using System.Text.RegularExpressions;
using Webserv.Host.Tests.Configuration;

namespace Webserv.Host.Tests.Protocol;

/// <summary>What <c>docs/http.md</c> tells operators is what the tables say.</summary>
public sealed partial class HttpPageTests
{
    [Fact]
    public void Page_EveryRow_HasTheStatusOfTheTables()
    {
        var seen = 0;
        foreach (var line in File.ReadLines(Path.Combine(RepositoryRoot.Find(), "docs", "http.md")))
        {
            if (PageRow().Match(line) is not { Success: true } match)
            {
                continue;
            }

            var status = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            foreach (var id in Name().Matches(match.Groups[2].Value).Select(name => name.Groups[1].Value))
            {
                var rows = ConformanceTable.All.Where(row => row.Id == id || row.Id.StartsWith(id + "(", StringComparison.Ordinal)).ToArray();
                Assert.True(rows.Length > 0, $"no table has {id}");
                Assert.All(rows, row => Assert.Equal(status, row.Status));
                seen++;
            }
        }

        Assert.True(seen > 80, $"the page names {seen} rows");
    }

    [GeneratedRegex(@"^\|.*\| (\d{3}) \| [^|]+ \| ([^|]+) \|$")]
    private static partial Regex PageRow();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
