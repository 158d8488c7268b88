using System.Globalization;
using System.Net;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>RFC 3875 section 4.1 and what programs expect beside it, as a script finds it.</summary>
public sealed class MetaVariableTests(EnvironmentSite site) : IClassFixture<EnvironmentSite>
{
    /// <summary>Target, SCRIPT_NAME, PATH_INFO, script and root below the folder, CONTEXT_PREFIX.</summary>
    public static TheoryData<string, string, string?, string, string, string> Routings => new()
    {
        { "/show.py", "/show.py", null, "www/show.py", "www", "" },
        { "/show.py?", "/show.py", null, "www/show.py", "www", "" },
        { "/show.py?a=b&c=%20+d;e", "/show.py", null, "www/show.py", "www", "" },
        { "/show.py?-s", "/show.py", null, "www/show.py", "www", "" },
        { "/show.py/", "/show.py", "/", "www/show.py", "www", "" },
        { "/show.py/a/b?q", "/show.py", "/a/b", "www/show.py", "www", "" },
        { "/show.py/caf%C3%A9/a%20b+c", "/show.py", "/café/a b+c", "www/show.py", "www", "" },
        { "/show.py/a.py/b", "/show.py", "/a.py/b", "www/show.py", "www", "" },
        { "/show.py/%3Fno=query", "/show.py", "/?no=query", "www/show.py", "www", "" },
        { "/%73how.py", "/show.py", null, "www/show.py", "www", "" },
        { "/x/../show.py", "/show.py", null, "www/show.py", "www", "" },
        { "/%2541.py", "/%41.py", null, "www/%41.py", "www", "" },
        { "/deep/er/show.py/x", "/deep/er/show.py", "/x", "www/deep/er/show.py", "www", "" },
        { "/deep/", "/deep/index.py", null, "www/deep/index.py", "www", "" },
        { "/na%C3%AFve%20dir/%C3%BC%20%E2%82%AC.py/%E2%82%AC", "/naïve dir/ü €.py", "/€", "www/naïve dir/ü €.py", "www", "" },
        { "/tools/show.cgi", "/tools/show.cgi", null, "tools/show.cgi", "tools", "/tools" },
        { "/tools/show.cgi/a/b", "/tools/show.cgi", "/a/b", "tools/show.cgi", "tools", "/tools" },
        { "/tools/sub/?x", "/tools/sub/index.cgi", null, "tools/sub/index.cgi", "tools", "/tools" },
        { "/branch/show.cgi/a", "/branch/show.cgi", "/a", "tools/show.cgi", "tools", "/branch" },
        { "/branch/one/a/show.cgi", "/branch/one", "/a/show.cgi", "tools/plain", "tools", "/branch/one" },
        { "/one/a/b", "/one", "/a/b", "tools/show.cgi", "tools", "/one" },
        { "/one/", "/one", "/", "tools/show.cgi", "tools", "/one" },
        { "/one", "/one", null, "tools/show.cgi", "tools", "/one" },
        { "/one/.git/%E2%82%AC/", "/one", "/.git/€/", "tools/show.cgi", "tools", "/one" },
        { "/exact?x", "/exact", null, "tools/sub/index.cgi", "tools", "/exact" },
    };

    [Theory]
    [MemberData(nameof(Routings))]
    public async Task Get_Script_HasThePathInItsParts(string target, string name, string? pathInfo, string file, string root, string prefix)
    {
        var script = await GetAsync(target);
        var (fileName, rootName) = (site.Folder.Combine(file), site.Folder.Combine(root));
        Assert.Equal(name, script["SCRIPT_NAME"]);
        Assert.Equal(pathInfo, script["PATH_INFO"]);
        Assert.Equal(pathInfo is null ? null : rootName + pathInfo, script["PATH_TRANSLATED"]);
        Assert.Equal(fileName, script["SCRIPT_FILENAME"]);
        Assert.Equal(target.Split('?', 2).ElementAtOrDefault(1) ?? "", script["QUERY_STRING"]);
        Assert.Equal(target, script["REQUEST_URI"]);
        Assert.Equal(site.Folder.Combine("www"), script["DOCUMENT_ROOT"]);
        Assert.Equal((prefix, rootName), (script["CONTEXT_PREFIX"], script["CONTEXT_DOCUMENT_ROOT"]));
        Assert.Equal(Path.GetDirectoryName(fileName), script.Directory);
        Assert.Empty(script.Arguments); // python3 takes the script's path for itself; of the query there is nothing
    }

    [Fact]
    public async Task Get_FullPath_IsThePathAndTheRoot()
    {
        var script = await GetAsync("/full/show.cgi/a");
        Assert.Equal(("/full/show.cgi", "/full/show.cgi/a"), (script["SCRIPT_NAME"], script["PATH_INFO"]));
        Assert.Equal(site.Folder.Combine("tools", "show.cgi") + "/a", script["PATH_TRANSLATED"]);
    }

    [Fact]
    public async Task Get_ProgramForAnyPath_IsToldThePath()
    {
        var script = await GetAsync("/any/not/there");
        Assert.Equal("/any/not/there", script["SCRIPT_NAME"]);
        Assert.Equal(site.Folder.Combine("tools", "not", "there"), script["SCRIPT_FILENAME"]);
        Assert.Equal([site.Folder.Combine("tools", "not", "there")], script.Arguments);
        Assert.Equal(site.Folder.Combine("tools"), script.Directory);
    }

    [Fact]
    public async Task Get_Request_HasTheseVariablesAndNoOther()
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(client, "GET /show.py/x?y HTTP/1.1\r\nHost: Example.org:81\r\n\r\n");
        var local = site.Process.Address;
        var remote = (IPEndPoint)client.Socket.LocalEndPoint!;
        var expected = new Dictionary<string, string>
        {
            ["GATEWAY_INTERFACE"] = "CGI/1.1",
            ["PATH_INFO"] = "/x",
            ["PATH_TRANSLATED"] = site.Folder.Combine("www", "x"),
            ["QUERY_STRING"] = "y",
            ["REMOTE_ADDR"] = "127.0.0.1",
            ["REMOTE_HOST"] = "127.0.0.1",
            ["REMOTE_PORT"] = remote.Port.ToString(CultureInfo.InvariantCulture),
            ["REQUEST_METHOD"] = "GET",
            ["SCRIPT_NAME"] = "/show.py",
            ["SERVER_NAME"] = "Example.org",
            ["SERVER_PORT"] = local.Port.ToString(CultureInfo.InvariantCulture),
            ["SERVER_PROTOCOL"] = "HTTP/1.1",
            ["SERVER_SOFTWARE"] = "Webserv",
            ["CONTEXT_DOCUMENT_ROOT"] = site.Folder.Combine("www"),
            ["CONTEXT_PREFIX"] = "",
            ["DOCUMENT_ROOT"] = site.Folder.Combine("www"),
            ["REDIRECT_STATUS"] = "200",
            ["REQUEST_SCHEME"] = "http",
            ["REQUEST_URI"] = "/show.py/x?y",
            ["SCRIPT_FILENAME"] = site.Folder.Combine("www", "show.py"),
            ["SERVER_ADDR"] = "127.0.0.1",
            ["HTTP_HOST"] = "Example.org:81",
        };
        var found = script.Environment.ToDictionary();

        // Python sets this one itself where there is no locale.
        found.Remove("LC_CTYPE");
        Assert.StartsWith("/usr/bin:", found["PATH"], StringComparison.Ordinal);
        found.Remove("PATH");

        // By which what the script leaves behind is found.
        Assert.Matches("^[0-9a-f]{24}$", found["WEBSERV_SCRIPT_ID"]);
        found.Remove("WEBSERV_SCRIPT_ID");
        Assert.Equal(expected.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Get_Fields_AreVariablesUnlessTheyMustNotBe()
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(
            client,
            "GET /show.py HTTP/1.1\r\nHost: h\r\nAccept: text/html\r\nAccept: */*;q=0.1\r\nCookie: a=1\r\nCookie: b=2\r\nX-Empty:\r\nX-UTF: caf\u00C3\u00A9\r\nX-Latin: caf\u00E9\r\n"
            + "If-None-Match: \"x\"\r\nGit-Protocol: version=2\r\nX_Spoofed: 1\r\nX.Dotted: 1\r\nProxy: http://evil.example\r\nAuthorization: Basic YTpi\r\n"
            + "Proxy-Authorization: Basic YTpi\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\nExpect-Not: 1\r\n\r\n");
        var fields = script.Environment.Where(variable => variable.Key.StartsWith("HTTP_", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal);
        Assert.Equal(
            [
                new("HTTP_ACCEPT", "text/html, */*;q=0.1"), new("HTTP_COOKIE", "a=1; b=2"), new("HTTP_EXPECT_NOT", "1"), new("HTTP_GIT_PROTOCOL", "version=2"),
                new("HTTP_HOST", "h"), new("HTTP_IF_NONE_MATCH", "\"x\""), new("HTTP_X_EMPTY", ""), new("HTTP_X_LATIN", "café"), new("HTTP_X_UTF", "café"),
            ],
            fields);
    }

    [Theory]
    [InlineData("Content-Length: 3\r\nContent-Type: text/x; a=b\r\n\r\nabc", "3", "text/x; a=b", "abc")]
    [InlineData("Content-Length: 0\r\n\r\n", "0", null, "")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Type: text/x\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "3", "text/x", "abc")]
    [InlineData("\r\n", null, null, "")]
    public async Task Post_Body_HasItsLengthAndType(string rest, string? length, string? type, string body)
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(client, "POST /show.py HTTP/1.1\r\nHost: h\r\n" + rest);
        Assert.Equal(("POST", length, type, body), (script["REQUEST_METHOD"], script["CONTENT_LENGTH"], script["CONTENT_TYPE"], script.Body));
        Assert.Null(script["HTTP_CONTENT_LENGTH"] ?? script["HTTP_CONTENT_TYPE"] ?? script["HTTP_TRANSFER_ENCODING"]);
    }

    [Fact]
    public async Task Post_Streamed_HasNoLengthAndWhatIsConfigured()
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(
            client, "POST /more/show.cgi HTTP/1.1\r\nHost: h\r\nAuthorization: Basic YTpi\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n");
        Assert.Equal((null, "abc"), (script["CONTENT_LENGTH"], script.Body));
        Assert.Equal("Basic YTpi", script["HTTP_AUTHORIZATION"]);
        Assert.Null(script["REMOTE_USER"] ?? script["AUTH_TYPE"]);
        Assert.Equal(("mine", "é", site.Folder.Combine(".cache")), (script["SERVER_SOFTWARE"], script["EXTRA"], script["XDG_CACHE_HOME"]));
        Assert.DoesNotContain("NO_SUCH_VARIABLE", script.Environment.Keys);
    }

    [Fact]
    public async Task Get_OlderProtocolWithoutHost_HasNamesAllTheSame()
    {
        using var client = await site.Process.ConnectAsync();
        await client.SendAsync("GET /show.py HTTP/1.0\r\n\r\n");
        var answer = await client.ReadToEndAsync();
        var script = StartedScript.Parse(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
        Assert.Equal(("HTTP/1.0", "127.0.0.1", null), (script["SERVER_PROTOCOL"], script["SERVER_NAME"], script["HTTP_HOST"]));
    }

    [Fact]
    public async Task Get_WholeAddressAsTarget_HasItsPath()
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(client, "GET http://other.example/show.py/a?b HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal(("/show.py/a?b", "other.example"), (script["REQUEST_URI"], script["SERVER_NAME"]));
    }

    [Fact]
    public async Task Get_OverIPv6_HasItsAddresses()
    {
        using var client = await site.Process.ConnectAsync(endpoint: 1);
        var script = await ExchangeAsync(client, $"GET /show.py HTTP/1.1\r\nHost: [::1]:{site.Process.Endpoints[1].Port}\r\n\r\n");
        Assert.Equal(("::1", "::1", "[::1]"), (script["REMOTE_ADDR"], script["SERVER_ADDR"], script["SERVER_NAME"]));
        Assert.Equal(site.Process.Endpoints[1].Port.ToString(CultureInfo.InvariantCulture), script["SERVER_PORT"]);
    }

    [Fact]
    public async Task Get_BehindATrustedProxy_IsTheClients()
    {
        using var client = await site.Process.ConnectAsync();
        var script = await ExchangeAsync(
            client, "GET /show.py HTTP/1.1\r\nHost: example.org\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n");
        Assert.Equal(("192.0.2.7", "https", "on", "443"), (script["REMOTE_ADDR"], script["REQUEST_SCHEME"], script["HTTPS"], script["SERVER_PORT"]));
    }

    private async Task<StartedScript> GetAsync(string target)
    {
        using var client = await site.Process.ConnectAsync();
        return await ExchangeAsync(client, $"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    private static async Task<StartedScript> ExchangeAsync(RawClient client, string request)
    {
        await client.SendAsync(request);
        var answer = await client.ReadResponseAsync();
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        var end = answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;

        // Where the script has ended at once, its answer has a length.
        var chunked = answer.AsSpan(0, end).Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.Ordinal);
        return StartedScript.Parse(chunked ? Unchunk(answer[end..]) : answer[end..]);
    }

    private static string Unchunk(string body)
    {
        var text = new System.Text.StringBuilder();
        for (var at = 0; ;)
        {
            var end = body.IndexOf("\r\n", at, StringComparison.Ordinal);
            var length = int.Parse(body.AsSpan(at, end - at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return text.ToString();
            }

            text.Append(body, end + 2, length);
            at = end + 2 + length + 2;
        }
    }
}
