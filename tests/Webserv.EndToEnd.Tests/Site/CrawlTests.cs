using System.Net;
using System.Text.RegularExpressions;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>Follows every link and asset from the first pages of the three servers.</summary>
public sealed partial class CrawlTests(SampleSite site) : IClassFixture<SampleSite>
{
    // What is there to be an example of another answer than 200.
    private static readonly Dictionary<string, HttpStatusCode> Expected = new(StringComparer.Ordinal)
    {
        ["/no/such/page"] = HttpStatusCode.NotFound,
        ["/nothing-here/"] = HttpStatusCode.NotFound,
        ["/old/handbook.html"] = HttpStatusCode.MovedPermanently,
        ["/cgi-bin/status.py?to=client"] = HttpStatusCode.Found,
    };

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        [".html"] = "text/html; charset=utf-8",
        [".php"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
        [".png"] = "image/png",
        [".webp"] = "image/webp",
        [".json"] = "application/json; charset=utf-8",
        [".csv"] = "text/csv; charset=utf-8",
        [".txt"] = "text/plain; charset=utf-8",
        [".bin"] = "application/octet-stream",
    };

    [Fact]
    public async Task Get_EveryLinkAndAsset_AnswersWhatItShould()
    {
        var seen = new HashSet<Uri>();
        var waiting = new Queue<(Uri Target, string From)>();
        var wrong = new List<string>();
        Uri[] starts = [new("http://localhost:8080/"), new("http://docs.localhost:8080/"), new("http://localhost:8081/")];
        foreach (var start in starts)
        {
            Follow(start, "the address bar");
        }

        while (waiting.TryDequeue(out var link))
        {
            var (target, from) = link;
            using var response = await SendAsync(target);
            var expected = Expected.GetValueOrDefault(target.PathAndQuery, StatusOf(target));
            var type = response.Content.Headers.ContentType?.ToString();
            if (response.StatusCode != expected)
            {
                wrong.Add($"{target} (from {from}) answered {(int)response.StatusCode}");
            }
            else if (ContentTypes.TryGetValue(Path.GetExtension(target.AbsolutePath), out var wanted) && expected == HttpStatusCode.OK && type != wanted)
            {
                wrong.Add($"{target} is {type} and not {wanted}");
            }

            // Pages with a query repeat what is known, for ever (months, sort orders).
            if (type is "text/html; charset=utf-8" && target.Query.Length == 0)
            {
                var page = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
                foreach (Match match in Links().Matches(page))
                {
                    Follow(new Uri(target, WebUtility.HtmlDecode(match.Groups[1].Value)), target.ToString());
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.Superset(ServedFiles(), seen.Select(uri => $"{uri.Authority}{Uri.UnescapeDataString(uri.AbsolutePath)}").ToHashSet());

        void Follow(Uri target, string from)
        {
            var plain = new UriBuilder(target) { Fragment = "" }.Uri;
            if (starts.Any(start => start.Authority == plain.Authority) && seen.Add(plain))
            {
                waiting.Enqueue((plain, from));
            }
        }
    }

    /// <summary>Everything that lies in the site and is meant to be found by its links.</summary>
    private HashSet<string> ServedFiles()
    {
        (string Folder, string Authority)[] roots = [("main", "localhost:8080"), ("docs", "docs.localhost:8080"), ("files", "localhost:8081")];
        string[] linkedByNothing = ["/robots.txt", "/errors/404.html", "/errors/413.html", "/errors/500.html", "/errors/502.html"];
        return
        [
            .. from root in roots
               let folder = site.Folder.Combine("sample-site", root.Folder)
               from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
               let path = "/" + Path.GetRelativePath(folder, file)
               where !linkedByNothing.Contains(path) && Path.GetFileName(path) is not ("index.html" or "start.html")
               select root.Authority + path,
        ];
    }

    /// <summary>Asks the server under test for what the page calls by the ports of the configuration as it comes.</summary>
    private async Task<HttpResponseMessage> SendAsync(Uri target)
    {
        var client = target.Port == 8081 ? site.FilesClient : site.Client;
        using var request = new HttpRequestMessage(HttpMethod.Get, target.PathAndQuery);
        request.Headers.Host = target.Authority;
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static HttpStatusCode StatusOf(Uri target) =>
        StatusQuery().Match(target.PathAndQuery) is { Success: true } match ? Enum.Parse<HttpStatusCode>(match.Groups[1].Value) : HttpStatusCode.OK;

    [GeneratedRegex("""\s(?:href|src)=["']([^"'#][^"']*)["']""")]
    private static partial Regex Links();

    [GeneratedRegex(@"^/cgi-bin/status\.py\?status=(\d+)$")]
    private static partial Regex StatusQuery();
}
