using System.Text.Json;
using Webserv.Abstractions.Http;
using Webserv.Plugins.DirectoryListing.Requests;
using Webserv.Testing.Http;

namespace Webserv.Plugins.DirectoryListing.Tests;

public sealed class FormatTests : IDisposable
{
    private const string Browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8";

    private readonly ListingFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "Html")]
    [InlineData(" , ,", "Html")]
    [InlineData("*/*", "Html")]
    [InlineData(Browser, "Html")]
    [InlineData("application/json", "Json")]
    [InlineData("APPLICATION/JSON", "Json")]
    [InlineData("text/plain", "Text")]
    [InlineData("text/*", "Html")]
    [InlineData("application/*", "Json")]
    [InlineData("application/json, text/plain, */*", "Html")]
    [InlineData("application/json, text/plain", "Json")]
    [InlineData("application/json;q=0.5, text/plain", "Text")]
    [InlineData("application/json;q=0.5, text/plain;q=0.9", "Text")]
    [InlineData("application/json; q=0.501, text/plain ;q=0.5", "Json")]
    [InlineData("text/html;q=0.1, application/json;q=0.2", "Json")]
    [InlineData("text/html;q=0, */*", "Json")]
    [InlineData("text/html;q=0, text/*", "Text")]
    [InlineData("*/*;q=0.1, text/*;q=0.2, text/plain;q=0.05", "Html")]
    [InlineData("*/*, text/html;q=0.9", "Json")]
    [InlineData("text/plain;q=0.9, text/html;q=0.9", "Html")]
    [InlineData("text/plain; charset=utf-8", "Text")]
    [InlineData("text/plain; charset=\"UTF-8\"", "Text")]
    [InlineData("text/plain; charset=iso-8859-1, application/json;q=0.1", "Json")]
    [InlineData("text/plain;format=flowed, application/json;q=0.1", "Json")]
    [InlineData("text/html;level=\"1,2;q=0\", application/json;q=0.1", "Json")]
    [InlineData("application/json;q=1.0000, text/plain;q=0.9", "Text")]
    [InlineData("application/json;q=2, text/plain;q=0.9", "Text")]
    [InlineData("application/json;q=, text/plain;q=0.9", "Text")]
    [InlineData("application/json;q=0.9;ext=1, text/plain;q=0.1", "Json")]
    [InlineData("image/png", "Html")]
    [InlineData("*/*;q=0", "Html")]
    [InlineData("text/html;q=0", "Html")]
    [InlineData("json", "Html")]
    [InlineData("application/vnd.api+json", "Html")]
    [InlineData("\"unterminated, application/json", "Html")]
    public void Choose_Accept_IsTheFormatLikedBest(string accept, string expected) =>
        Assert.Equal(Enum.Parse<ListingFormat>(expected), AcceptField.Choose(accept));

    [Fact]
    public void Choose_SeveralLines_AreOneList() =>
        Assert.Equal(ListingFormat.Text, AcceptField.Choose(new(["text/html;q=0.5", "text/plain"])));

    [Fact]
    public void Choose_NoField_IsHtml() => Assert.Equal(ListingFormat.Html, AcceptField.Choose(default));

    [Theory]
    [InlineData("/", "application/json", "application/json")]
    [InlineData("/", "text/plain", "text/plain; charset=utf-8")]
    [InlineData("/?format=json", Browser, "application/json")]
    [InlineData("/?format=text", Browser, "text/plain; charset=utf-8")]
    [InlineData("/?format=html", "application/json", "text/html; charset=utf-8")]
    [InlineData("/?format=json&format=text", null, "text/plain; charset=utf-8")]
    public async Task Get_Format_DecidesBeforeAccept(string target, string? accept, string contentType)
    {
        var response = await _folder.GetAsync(target, accept: accept);
        Assert.Equal(
            (200, contentType, "Accept", "nosniff"),
            (response.StatusCode, response.Headers[Fields.ContentType].ToString(), response.Headers[Fields.Vary].ToString(), response.Headers[Fields.XContentTypeOptions].ToString()));
    }

    [Theory]
    [InlineData("/?format=xml", 400)]
    [InlineData("/?format=", 400)]
    [InlineData("/?format=JSON", 400)]
    [InlineData("/?page=0", 400)]
    [InlineData("/?page=-1", 400)]
    [InlineData("/?page=x", 400)]
    [InlineData("/?page=", 400)]
    [InlineData("/?page=1.5", 400)]
    [InlineData("/?page=%201", 400)]
    [InlineData("/?page=99999999999999999999", 400)]
    [InlineData("/?page=2", 404)]
    [InlineData("/?page=2147483647", 404)]
    [InlineData("/?page=1", 200)]
    [InlineData("/?page=01", 200)]
    [InlineData("/?filter=", 200)]
    [InlineData("/?page", 200)]
    [InlineData("/?pages=x&formats=y", 200)]
    public async Task Get_ValuesThatCanNotBeGiven_AreRefused(string target, int status)
    {
        Assert.Equal(status, (await _folder.GetAsync(target)).StatusCode);
        Assert.Equal(status, (await _folder.SendAsync(TestHttpContext.Head(target))).StatusCode);
    }

    [Fact]
    public async Task Get_LongestFilter_IsTakenAndALongerOneRefused()
    {
        Assert.Equal(200, (await _folder.GetAsync("/?filter=" + new string('*', 100))).StatusCode);
        Assert.Equal(400, (await _folder.GetAsync("/?filter=" + new string('a', 101))).StatusCode);
    }

    [Theory]
    [InlineData("report", "Report-1.PDF report.txt")]
    [InlineData("*.pdf", "Report-1.PDF x.pdf")]
    [InlineData("r*", "Report-1.PDF report.txt")]
    [InlineData("?.pdf", "x.pdf")]
    [InlineData("*", "sub/ a+b c d é.txt Report-1.PDF report.txt x.pdf")]
    [InlineData("a%2Bb", "a+b")]
    [InlineData("c+d", "c d")]
    [InlineData("c%20d", "c d")]
    [InlineData("%C3%A9", "é.txt")]
    [InlineData("sub", "sub/")]
    [InlineData("zzz", "")]
    public async Task Get_Filter_FindsPartsAndPatterns(string filter, string expected)
    {
        foreach (var name in new[] { "Report-1.PDF", "report.txt", "x.pdf", "a+b", "c d", "é.txt", "sub/y" })
        {
            _folder.Write(name);
        }

        var response = await _folder.GetAsync("/?filter=" + filter);
        Assert.Equal(
            expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            ListingFolder.Names(response).Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Contains(expected.Length == 0 ? "Nothing matches" : "match", response.BodyText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_FilterWithMarkup_IsEscapedEverywhere()
    {
        var html = (await _folder.GetAsync("/?filter=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E&sort=size")).BodyText;
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("value=\"&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;\"", html, StringComparison.Ordinal);
        Assert.Contains("?sort=size&amp;order=desc&amp;filter=%22%3E%3Cscript%3Ealert%281%29%3C%2Fscript%3E\"", html, StringComparison.Ordinal);
        Assert.Contains("<input type=\"hidden\" name=\"sort\" value=\"size\">", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_Json_HasTheDocumentedShape()
    {
        _folder.Write("é <b>.txt", 1500, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        _folder.Folder("sub");
        _folder.Link("to", "sub");
        var response = await _folder.GetAsync("/?format=json");
        Assert.Equal(
            """
            {"path":"/","sort":"name","order":"asc","filter":null,"folders":2,"files":1,"bytes":1500,"truncated":false,"page":1,"pages":1,"pageSize":1000,"previous":null,"next":null,"entries":[{"name":"sub","type":"folder","size":null,"modified":"1970-01-01T00:00:00Z","symlink":false,"href":"./sub/"},{"name":"to","type":"folder","size":null,"modified":"1970-01-01T00:00:00Z","symlink":true,"href":"./to/"},{"name":"é \u003Cb\u003E.txt","type":"file","size":1500,"modified":"2026-01-02T03:04:05Z","symlink":false,"href":"./%C3%A9%20%3Cb%3E.txt"}]}

            """,
            response.BodyText);
    }

    [Fact]
    public async Task Get_Text_HasALineForEachName()
    {
        _folder.Write("two\nlines \\ \u001b[31m", 1500, new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        _folder.Write("日本");
        _folder.Folder("sub");
        _folder.Link("to", "日本");
        Assert.Equal(
            """
            d- 1970-01-01T00:00:00Z               - sub/
            fl 1970-01-01T00:00:00Z               1 to
            f- 2026-01-02T03:04:05Z            1500 two\x0Alines \\ \x1B[31m
            f- 1970-01-01T00:00:00Z               1 日本

            """,
            (await _folder.GetAsync("/?format=text")).BodyText);
    }

    [Theory]
    [InlineData("html")]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Head_AnyFormat_HasTheFieldsOfGetAndNoBody(string format)
    {
        _folder.Write("a");
        var get = await _folder.GetAsync("/?format=" + format);
        var head = await _folder.SendAsync(TestHttpContext.Head("/?format=" + format));
        Assert.Equal(get.Headers, head.Headers);
        Assert.Equal((200, "", get.BytesWritten), (head.StatusCode, head.BodyText, head.BytesWritten));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("json")]
    [InlineData("text")]
    public async Task Get_Unchanged_IsNotModifiedUntilAFileGrows(string format)
    {
        var target = "/?format=" + format;
        _folder.Write("a");
        var tag = (await _folder.GetAsync(target)).Headers[Fields.ETag].ToString();
        Assert.Matches("^W/\"[0-9a-f]{32}\"$", tag);
        foreach (var field in new[] { tag, tag[2..], $"\"x\", {tag}", "*" })
        {
            var response = await _folder.SendAsync(TestHttpContext.Get(target).WithHeader(Fields.IfNoneMatch, field));
            Assert.Equal((304, "", tag, "Accept"), (response.StatusCode, response.BodyText, response.Headers[Fields.ETag].ToString(), response.Headers[Fields.Vary].ToString()));
        }

        Assert.Equal(200, (await _folder.SendAsync(TestHttpContext.Get(target + "&sort=size").WithHeader(Fields.IfNoneMatch, tag))).StatusCode);

        // The directory keeps its time.
        var time = Directory.GetLastWriteTimeUtc(_folder.Root);
        _folder.Write("a", 2);
        Directory.SetLastWriteTimeUtc(_folder.Root, time);
        Assert.Equal(200, (await _folder.SendAsync(TestHttpContext.Get(target).WithHeader(Fields.IfNoneMatch, tag))).StatusCode);
    }

    [Fact]
    public async Task Get_Readme_ChangesTheTag()
    {
        _folder.Write("README", "one");
        var tag = (await _folder.GetAsync("/")).Headers[Fields.ETag].ToString();
        File.WriteAllText(Path.Combine(_folder.Root, "README"), "two");
        Assert.NotEqual(tag, (await _folder.GetAsync("/")).Headers[Fields.ETag].ToString());
    }

    [Theory]
    [InlineData(Fields.IfMatch, "\"a\"", 412)]
    [InlineData(Fields.IfMatch, "*", 200)]
    [InlineData(Fields.IfModifiedSince, "Thu, 26 Nov 2099 11:00:00 GMT", 200)]
    [InlineData(Fields.IfUnmodifiedSince, "Thu, 01 Jan 1970 00:00:00 GMT", 200)]
    [InlineData(Fields.IfNoneMatch, "\"other\"", 200)]
    [InlineData(Fields.Range, "bytes=0-1", 200)]
    public async Task Get_OtherConditions_HaveTheStatusOfTheirRule(string field, string value, int status) =>
        Assert.Equal(status, (await _folder.SendAsync(TestHttpContext.Get("/").WithHeader(field, value))).StatusCode);

    [Fact]
    public async Task Get_JsonOfManyNames_IsWholeAndValid()
    {
        for (var i = 0; i < 500; i++)
        {
            _folder.Write($"file number {i:0000} with a longer name, so that it takes more than one piece of the body.txt");
        }

        using var json = JsonDocument.Parse((await _folder.GetAsync("/?format=json")).BodyText);
        Assert.Equal(500, json.RootElement.GetProperty("entries").GetArrayLength());
    }
}
