using System.Net.Http.Headers;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Site;

/// <summary>Files under names in another case go through the entries that their real names go through.</summary>
public sealed class NameCaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_NameInAnotherCase_IsAnsweredAsTheNameOnDisk()
    {
        using var folder = new ServerFolder();
        folder.Write("www/admin/secret.txt", "secret");
        folder.Write("www/Page.txt", "0123456789");
        folder.WriteScript("www/cgi/hello.sh", "#!/bin/sh\nprintf 'Content-Type: text/plain\\r\\n\\r\\nrun %s' \"$QUERY_STRING\"\n");
        folder.Configure("""
            { "Webserv": { "VirtualServers": [ {
                "Name": "names",
                "Listen": [ "http://127.0.0.1:0" ],
                "Root": "www",
                "Pipeline": [
                    { "Use": "Redirect", "When": { "Path": "/admin/*" }, "Options": { "To": "/login", "Status": 302 } },
                    { "Use": "Cgi", "Options": { "Interpreters": { ".sh": "" } } },
                    { "Use": "StaticFiles", "Options": { "CaseSensitivity": "Ignore" } } ] } ] } }
            """);
        await using var server = await ServerProcess.StartAsync(folder);
        using var client = server.CreateClient();

        // Twice: what is remembered of the first must not change the second.
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((302, ""), await GetAsync("/ADMIN/secret.txt"));
            Assert.Equal((302, ""), await GetAsync("/Admin/SECRET.TXT"));
            Assert.Equal((200, "run a=B"), await GetAsync("/CGI/Hello.SH?a=B"));
            Assert.Equal((200, "0123456789"), await GetAsync("/page.TXT"));
            Assert.Equal((206, "234"), await GetAsync("/page.TXT", request => request.Headers.Range = new RangeHeaderValue(2, 4)));
            Assert.Equal((304, ""), await GetAsync("/page.TXT", request => request.Headers.IfModifiedSince = new DateTimeOffset(2999, 1, 1, 0, 0, 0, TimeSpan.Zero)));
            Assert.Equal(404, (await GetAsync("/nothing.txt")).Status);
        }

        async Task<(int Status, string Text)> GetAsync(string path, Action<HttpRequestMessage>? configure = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            configure?.Invoke(request);
            using var response = await client.SendAsync(request, Cancellation);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        }
    }
}
