using System.Globalization;
using System.Net;
using System.Text;
using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>AWStats reads the access log that the server writes, and shows what is in it.</summary>
public sealed class AwstatsTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

    [Fact]
    public async Task Update_FromTheAccessLog_UnderstandsEveryLine()
    {
        using var folder = new ServerFolder();
        var (log, data) = (folder.Combine("access.log"), folder.MakeDirectory("data"));
        folder.Write(
            "sites/awstats.example.conf",
            CgiPage.Block("AWStats", "ini", paths: [("/var/log/webserv/access.log", log), ("/var/lib/awstats", data)]));
        await using var server = await ProgramServer.StartAsync(
            folder, CgiPage.Block("AWStats", paths: [("/var/log/webserv/access.log", log), ("/etc/awstats-sites", folder.Combine("sites"))]));
        var page = $"/awstats/awstats.pl?config=example&configdir={folder.Combine("sites")}";

        // Also what would break a line in two, or a field: quotes, backslashes, blanks, bytes that are no text, a method of its own.
        (string Method, string Target, string Agent, string Referer)[] requests =
        [
            ("GET", "/awstats-icon/other/vp.png", Firefox, "http://search.example/?q=caf%C3%A9"),
            ("GET", "/awstats-icon/other/vp.png", Firefox, "http://search.example/?q=caf%C3%A9"),
            ("HEAD", "/awstats-icon/other/vh.png", Firefox, ""),
            ("GET", "/no%20such/caf%C3%A9.html?a=\"b\"", "curl/7.88.1", "http://example.com/a \"quoted\" page"),
            ("GET", "/no%20such/caf%C3%A9.html", "A \"quoted\" \\ agent\\", ""),
            ("PURGE", "/awstats-icon/other/vp.png", "", ""),
            ("GET", "/awstats/none", "agent with \u00E9 in it", ""),
        ];
        foreach (var (method, target, agent, referer) in requests)
        {
            using var client = await RawClient.ConnectAsync(server.Address);
            await client.SendAsync(
                $"{method} {target.Replace("\"", "%22", StringComparison.Ordinal)} HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n"
                + $"User-Agent: {agent}\r\n{(referer.Length > 0 ? $"Referer: {referer}\r\n" : "")}\r\n");
            Assert.StartsWith("HTTP/1.1 ", await client.ReadToEndAsync(), StringComparison.Ordinal);
        }

        await Eventually.HoldsAsync(() => File.ReadLines(log).Count() == requests.Length, () => File.ReadAllText(log));
        using var updated = await server.Client.FetchAsync(page + "&update=1&framename=mainright");
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (updated.StatusCode, updated.Content.Headers.ContentType?.ToString()));
        var shown = await updated.ReadTextAsync();

        var file = Assert.Single(Directory.GetFiles(data, "awstats*.example.txt"));
        var lines = await File.ReadAllLinesAsync(file, Encoding.Latin1, TestContext.Current.CancellationToken);
        var counts = lines.Single(line => line.StartsWith("LastUpdate ", StringComparison.Ordinal)).Split(' ');
        Assert.Equal(["7", "0", "6", "0", "1"], counts[2..7]); // read, old, counted, corrupt, and left out for its method
        Assert.Contains(lines, line => line.StartsWith("firefox128.0 ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("404 3 ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("/no%20such/caf%c3%a9.html 2 ", StringComparison.OrdinalIgnoreCase));
        Assert.Contains("search.example", shown, StringComparison.Ordinal);
        Assert.Contains("Firefox", shown, StringComparison.Ordinal);
        Assert.Contains(TimeProvider.System.GetUtcNow().ToString("MMM yyyy", CultureInfo.InvariantCulture), shown, StringComparison.Ordinal);

        // Its pictures are there, and its pages of details.
        var links = Links.Of(shown, server.At("/awstats/awstats.pl"));
        var pictures = links.Where(link => link.StartsWith("/awstats-icon/", StringComparison.Ordinal)).ToArray();
        Assert.InRange(pictures.Length, 10, 200);
        Assert.Empty(await Links.FindBrokenAsync(server.Client, pictures));
        Assert.Contains("/no%20such/caf%C3%A9.html", await server.Client.GetTextAsync(page + "&output=errors404"), StringComparison.OrdinalIgnoreCase);
        server.HasNoComplaint();
    }
}
