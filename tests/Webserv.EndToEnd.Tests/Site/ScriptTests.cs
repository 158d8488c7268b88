using System.Net;
using System.Text;
using System.Text.Json;

namespace Webserv.EndToEnd.Tests.Site;

public sealed class ScriptTests(SampleSite site) : IClassFixture<SampleSite>
{
    [Fact]
    public async Task Get_Environment_IsThatOfTheRequestAndNothingOfTheServers()
    {
        using var response = await site.Client.FetchAsync("/cgi-bin/env.py/with/path/info?format=text", ("X-Flavour", "vanilla"), ("Proxy", "http://evil.example"));
        var text = await response.ReadTextAsync();
        var variables = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        Assert.Equal("CGI/1.1", variables["GATEWAY_INTERFACE"]);
        Assert.Equal("GET", variables["REQUEST_METHOD"]);
        Assert.Equal("/cgi-bin/env.py", variables["SCRIPT_NAME"]);
        Assert.Equal("/with/path/info", variables["PATH_INFO"]);
        Assert.Equal("format=text", variables["QUERY_STRING"]);
        Assert.Equal("vanilla", variables["HTTP_X_FLAVOUR"]);
        Assert.Equal("127.0.0.1", variables["REMOTE_ADDR"]);
        Assert.DoesNotContain("HTTP_PROXY", variables.Keys);
        Assert.DoesNotContain("XDG_CACHE_HOME", variables.Keys);
        Assert.DoesNotContain("HOME", variables.Keys);
    }

    [Fact]
    public async Task Get_ShellScript_RunsInItsOwnDirectory()
    {
        var text = await site.Client.GetTextAsync("/cgi-bin/hello.sh?from=here");
        Assert.StartsWith("Hello from a shell script.", text, StringComparison.Ordinal);
        Assert.Contains("from=here", text, StringComparison.Ordinal);
        Assert.Contains(site.Folder.Combine("cgi-bin"), text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_EchoedQuery_IsDecodedAndEscaped()
    {
        var page = await site.Client.GetTextAsync("/cgi-bin/echo.py?q=caf%C3%A9+%26+%3Cb%3E");
        Assert.Contains("café &amp; &lt;b&gt;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_EchoedForm_IsDecodedAndEscaped(bool chunked)
    {
        using var form = RequestExtensions.Form(("subject", "Ünïcödé"), ("text", "<script>alert(1)</script>"));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cgi-bin/echo.py?from=form") { Content = form };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await site.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var page = await response.ReadTextAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("Ünïcödé", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_StreamingScript_ArrivesInPiecesBeforeItsEnd()
    {
        // The second line is written 200 ms after the first, the last one 3.6 s later.
        using var response = await site.Client.GetAsync(
            new Uri("/cgi-bin/stream.py?lines=20", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        var first = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        var rest = reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Contains("line   1 of 20", first, StringComparison.Ordinal);
        Assert.False(rest.IsCompleted, "The whole answer came at once.");
        Assert.Contains("line  20 of 20", await rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_GuestBook_StoresTheEntryAndShowsItEscaped()
    {
        const string Message = "<img src=x onerror=alert(1)> & \"two\"\nlines";
        using var form = RequestExtensions.Form(("name", "Ada <b>"), ("message", Message));
        using var posted = await site.Client.SendAsync("POST", "/cgi-bin/guestbook.py", form);
        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.Equal("/guestbook.html", posted.Headers.Location?.AbsolutePath);
        var page = await site.Client.GetTextAsync("/cgi-bin/guestbook.py");
        Assert.Contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;two&quot;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(await site.Client.GetTextAsync("/cgi-bin/guestbook.py?format=json"));
        var entry = json.RootElement.GetProperty("entries")[0];
        Assert.Equal(("Ada <b>", Message), (entry.GetProperty("name").GetString(), entry.GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Post_GuestBookWithoutMessage_IsRefused()
    {
        using var form = RequestExtensions.Form(("name", "Nobody"));
        using var response = await site.Client.SendAsync("POST", "/cgi-bin/guestbook.py", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Fact]
    public async Task Get_LocalRedirectOfAScript_IsAnsweredByTheServer()
    {
        using var response = await site.Client.FetchAsync("/cgi-bin/status.py?to=local");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(await site.Client.GetTextAsync("/journey.html"), await response.ReadTextAsync());
    }

    [Fact]
    public async Task Get_ClientRedirectOfAScript_SendsTheClientThere()
    {
        using var response = await site.Client.FetchAsync("/cgi-bin/status.py?to=client");
        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal(new Uri(site.Server.Address, "/journey.html"), response.Headers.Location);
    }

    [Fact]
    public async Task Get_StatusOfAScript_IsThatOfTheResponse()
    {
        using var response = await site.Client.FetchAsync("/cgi-bin/status.py?status=418");
        Assert.Equal(418, (int)response.StatusCode);
    }

    [Fact]
    public async Task Post_PhpForm_GreetsEscaped()
    {
        using var form = RequestExtensions.Form(("name", "<i>Grace</i>"));
        using var response = await site.Client.SendAsync("POST", "/cgi-bin/info.php", form);
        var page = await response.ReadTextAsync();
        Assert.Contains("Good day, <strong>&lt;i&gt;Grace&lt;/i&gt;</strong>", page, StringComparison.Ordinal);
        Assert.Contains("cgi-fcgi", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_PhpPageAmongTheStaticOnes_ReadsItsQuery() =>
        Assert.Contains("<h1>February 2024</h1>", await site.Client.GetTextAsync("/calendar.php?month=2024-02"), StringComparison.Ordinal);

    [Fact]
    public async Task Get_FileThatIsNoScript_IsNotSentFromTheDirectoryOfScripts()
    {
        site.Folder.Write("cgi-bin/notes.txt", "secret");
        using var response = await site.Client.FetchAsync("/cgi-bin/notes.txt");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Get_SixteenScriptsAtOnce_AllAnswer()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(number => site.Client.GetTextAsync($"/cgi-bin/hello.sh?n={number}")));
        Assert.All(answers.Index(), answer => Assert.Contains($"n={answer.Index}\n", answer.Item, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Post_UpperOverOneKeptConnection_AnswersEveryBody()
    {
        for (var number = 0; number < 5; number++)
        {
            using var content = RequestExtensions.Chunked(Encoding.ASCII.GetBytes($"body {number}"));
            using var response = await site.Client.SendAsync("POST", "/cgi-bin/upper.py", content);
            Assert.Equal($"BODY {number}", await response.ReadTextAsync());
        }
    }
}
