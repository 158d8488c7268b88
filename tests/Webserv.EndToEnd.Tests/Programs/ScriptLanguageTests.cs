using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Webserv.EndToEnd.Tests.Site;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>Scripts as the documentation of their languages writes them.</summary>
public sealed class ScriptLanguageTests(ScriptDirectory site) : IClassFixture<ScriptDirectory>
{
    private HttpClient Client => site.Server.Client;

    [Fact]
    public async Task Python_FieldStorage_ReadsQueryAndForm()
    {
        Assert.Equal("""{"name": "GRACE", "items": ["a b", "\u00e9"], "missing": false}""" + "\n", await Client.GetTextAsync("/cgi-bin/form.py?name=Grace&item=a+b&item=%C3%A9"));
        using var form = RequestExtensions.Form(("name", "zoë"), ("item", "1"));
        using var posted = await Client.SendAsync("POST", "/cgi-bin/form.py?item=0", form);
        Assert.Equal("""{"name": "ZO\u00cb", "items": ["1", "0"], "missing": false}""" + "\n", await posted.ReadTextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Python_FieldStorage_ReadsAnUploadedFile(bool chunked)
    {
        var content = RandomNumberGenerator.GetBytes(2 << 20);
        using var response = await UploadAsync("/cgi-bin/form.py", content, chunked);
        using var answer = JsonDocument.Parse(await response.ReadTextAsync());
        Assert.Equal("ADA", answer.RootElement.GetProperty("name").GetString());
        Assert.Equal(
            $"""["photo one.bin","application/octet-stream",{content.Length},"{Convert.ToHexStringLower(SHA256.HashData(content))}"]""",
            answer.RootElement.GetProperty("file").GetRawText().Replace(", ", ",", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Python_Cookies_GoBothWays()
    {
        using var first = await Client.FetchAsync("/cgi-bin/cookies.py");
        Assert.Equal("1 none\n", await first.ReadTextAsync());
        var cookies = first.Headers.GetValues("Set-Cookie").ToArray();
        Assert.Equal(["flavour=\"oat\\073 raisin\"; HttpOnly", "visits=1; Path=/"], cookies);
        using var second = await Client.FetchAsync("/cgi-bin/cookies.py", ("Cookie", string.Join("; ", cookies.Select(cookie => cookie.Split("; ")[0]))));
        Assert.Equal("2 oat; raisin\n", await second.ReadTextAsync());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(3_000_000, false)]
    [InlineData(3_000_000, true)]
    public async Task Python_Bytes_ArriveByTheirLength(int length, bool chunked)
    {
        var body = RandomNumberGenerator.GetBytes(length);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cgi-bin/body.py") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal($"{length} {Convert.ToHexStringLower(SHA256.HashData(body))} 0", await response.ReadTextAsync());
    }

    [Fact]
    public async Task Python_Cgitb_ShowsTheMistake()
    {
        using var response = await Client.FetchAsync("/cgi-bin/failing.py");
        Assert.Equal((HttpStatusCode.OK, "text/html"), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        var page = await response.ReadTextAsync();
        Assert.Contains("ZeroDivisionError", page, StringComparison.Ordinal);
        Assert.Contains("failing.py", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_TestOfTheModule_ShowsFormAndEnvironment()
    {
        using var form = RequestExtensions.Form(("colour", "blue"));
        using var response = await Client.SendAsync("POST", "/cgi-bin/selftest.py/behind/it?q=1", form, ("X-Trial", "yes"));
        var page = WebUtility.HtmlDecode(await response.ReadTextAsync());
        Assert.Equal("text/html", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains("<DD>MiniFieldStorage('colour', 'blue')", page, StringComparison.Ordinal);
        Assert.Contains("<DD>MiniFieldStorage('q', '1')", page, StringComparison.Ordinal);
        Assert.Contains("<DT> HTTP_X_TRIAL <DD> yes", page, StringComparison.Ordinal);
        Assert.Contains("<DT> PATH_INFO <DD> /behind/it", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Python_Wsgi_RunsByTheHandlerOfTheLibrary()
    {
        using var content = new StringContent("tea", Encoding.UTF8, "text/plain");
        using var response = await Client.SendAsync("PUT", "/cgi-bin/wsgi.py/pot/one?milk=%20", content);
        Assert.Equal((418, "wsgi"), ((int)response.StatusCode, Assert.Single(response.Headers.GetValues("X-Application"))));
        Assert.Equal("PUT|/cgi-bin/wsgi.py|/pot/one|milk=%20|http|tea", await response.ReadTextAsync());
    }

    [Fact]
    public async Task Perl_Form_IsReadInTaintMode()
    {
        using var form = RequestExtensions.Form(("name", "Zoë"), ("item", "1"), ("item", "2"));
        using var response = await Client.SendAsync("POST", "/cgi-bin/perl.cgi/deep/é", form, ("Cookie", "sid=c%20d"));
        Assert.Equal("POST|Zoë|1,2|/deep/é|c d", (await response.ReadTextAsync()).Replace("/deep/Ã©", "/deep/é", StringComparison.Ordinal));
        Assert.Equal("sid=a%20b; path=/", Assert.Single(response.Headers.GetValues("Set-Cookie")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Perl_Upload_Arrives(bool chunked)
    {
        var content = RandomNumberGenerator.GetBytes(500_000);
        using var response = await UploadAsync("/cgi-bin/perl.cgi", content, chunked);
        Assert.EndsWith($"|{content.Length}|{Convert.ToHexStringLower(SHA256.HashData(content))}", await response.ReadTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/else?where=1", "http://example.org/else?where=1")]
    [InlineData("/cgi-bin/hello.sh", "/cgi-bin/hello.sh")]
    public async Task Perl_RedirectWithStatus_GoesToTheClient(string target, string location)
    {
        using var response = await Client.FetchAsync($"/cgi-bin/perl.cgi?go={Uri.EscapeDataString(target)}");
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal(location, Assert.Single(response.Headers.GetValues("Location")));
    }

    [Fact]
    public async Task Shell_Body_IsAnswered()
    {
        using var content = new StringContent("from a form", Encoding.ASCII, "text/plain");
        using var response = await Client.SendAsync("POST", "/cgi-bin/hello.sh", content);
        Assert.Equal($"POST /cgi-bin/hello.sh in {site.Folder.Combine("cgi-bin")}: FROM A FORM", await response.ReadTextAsync());
        Assert.Equal("yes", Assert.Single(response.Headers.GetValues("X-Shell")));
    }

    [Fact]
    public async Task C_Body_IsAnsweredBackwards()
    {
        var body = RandomNumberGenerator.GetHexString(1_000_000);
        using var content = new StringContent(body, Encoding.ASCII, "text/plain");
        using var response = await Client.SendAsync("POST", "/cgi-bin/reverse.cgi?a=b", content);
        var text = await response.ReadTextAsync();
        Assert.Equal(text.Length, response.Content.Headers.ContentLength);
        Assert.Equal("POST a=b " + new string([.. body.Reverse()]), text);
    }

    [Theory]
    [InlineData("/cgi-bin/reverse.c")]
    [InlineData("/cgi-bin/none.py")]
    [InlineData("/cgi-bin/")]
    public async Task Get_WhatIsNoScript_IsNotThere(string target)
    {
        using var response = await Client.FetchAsync(target);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task<HttpResponseMessage> UploadAsync(string target, byte[] content, bool chunked)
    {
        var file = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        using var form = new MultipartFormDataContent { { new StringContent("Ada"), "name" }, { file, "userfile", "photo one.bin" } };
        using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = form };
        request.Headers.TransferEncodingChunked = chunked;
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
