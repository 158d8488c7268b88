using System.Net;
using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>The links of a page.</summary>
internal static partial class Links
{
    /// <summary>What a page links to and loads on its own server: paths with their queries, each once, without fragments.</summary>
    public static string[] Of(string page, string address) =>
    [
        .. Link().Matches(page)
            .Select(match => new Uri(new Uri(address), WebUtility.HtmlDecode(match.Groups["target"].Value)))
            .Where(target => target.Authority == new Uri(address).Authority)
            .Select(target => target.PathAndQuery)
            .Distinct(),
    ];

    /// <summary>Asks for each, several at once.</summary>
    /// <returns>What was not answered with 200.</returns>
    public static async Task<string[]> FindBrokenAsync(HttpClient client, IEnumerable<string> targets)
    {
        var broken = new System.Collections.Concurrent.ConcurrentBag<string>();
        await Parallel.ForEachAsync(
            targets,
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = TestContext.Current.CancellationToken },
            async (target, _) =>
            {
                using var response = await client.FetchAsync(target);
                if (response.StatusCode != HttpStatusCode.OK)
                {
                    broken.Add($"{target}: {(int)response.StatusCode}");
                }
            });
        return [.. broken.Order(StringComparer.Ordinal)];
    }

    [GeneratedRegex("""\b(href|src)=(?<quote>['"])(?<target>[^'"]*)\k<quote>""")]
    private static partial Regex Link();
}
