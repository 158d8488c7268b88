using System.Text.RegularExpressions;
using Webserv.EndToEnd.Tests.Hardening;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Plugins;

/// <summary>The entry that <c>docs/plugins.md</c> begins with, as somebody copies it into a new configuration.</summary>
public sealed class ReferenceSampleTests
{
    [Fact]
    public async Task Sample_CopiedIntoAnEmptySite_StoresWhatItSaysItDoes()
    {
        var page = await File.ReadAllTextAsync(Repository.Path("docs", "plugins.md"), TestContext.Current.CancellationToken);
        var sample = Regex.Match(page, "^```jsonc\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        Assert.Contains("\"Uploads\"", sample, StringComparison.Ordinal);
        var folder = new ServerFolder();
        folder.MakeDirectory("www");
        folder.Configure($$"""
            { "Webserv": { "VirtualServers": [ { "Name": "sample", "Listen": ["http://127.0.0.1:0"], "Root": "www", "Pipeline": [ {{sample}} ] } ] } }
            """);
        await using var site = await TrialSite.StartAsync(folder);
        var content = new string('x', 2_000_000);
        Assert.Equal(201, TrialSite.StatusOf(await site.ExchangeAsync(
            $"PUT /uploads/a.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {content.Length}\r\n\r\n{content}")));
        var form = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.txt\"\r\n\r\n" + content + "\r\n--B--\r\n";
        Assert.Equal(201, TrialSite.StatusOf(await site.ExchangeAsync(
            $"POST /uploads/ HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=B\r\nConnection: close\r\nContent-Length: {form.Length}\r\n\r\n{form}")));
        Assert.Equal(
            ["a-1.txt", "a.txt"], Directory.GetFiles(folder.Combine("var/uploads")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }
}
