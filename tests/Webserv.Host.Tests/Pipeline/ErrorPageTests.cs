using System.Text;
using System.Text.Json;
using Webserv.Host.Pipeline;

namespace Webserv.Host.Tests.Pipeline;

public sealed class ErrorPageTests
{
    private const string Html = "text/html; charset=utf-8";
    private const string Json = "application/problem+json";
    private const string Plain = "text/plain; charset=utf-8";

    [Theory]
    [InlineData(null, Html)]
    [InlineData("", Html)]
    [InlineData(" ", Html)]
    [InlineData("*/*", Html)]
    [InlineData("text/html", Html)]
    [InlineData("TEXT/PLAIN", Plain)]
    [InlineData("text/*", Html)]
    [InlineData("application/json", Json)]
    [InlineData("application/*", Json)]
    [InlineData("application/json, */*", Json)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Html)]
    [InlineData("application/json;q=0.5, text/plain;q=0.6", Plain)]
    [InlineData("text/html;q=0, */*", Json)]
    [InlineData("text/html;q=0, application/json;q=0, text/plain", Plain)]
    [InlineData("image/png", Html)]
    [InlineData("application/json;q=x, text/plain;q=0.1", Plain)]
    [InlineData("text/plain;q=0.1, text/*;q=0.9, application/json;q=0.5", Html)]
    [InlineData("application/json; charset=utf-8; q=1, text/html; q=0.9", Json)]
    [InlineData(",,;q=,/", Html)]
    public void Render_Accept_GivesTheFormLikedBest(string? accept, string contentType) => Assert.Equal(contentType, ErrorPage.Render(404, accept, null).ContentType);

    [Fact]
    public void Render_Json_IsAProblem()
    {
        using var document = JsonDocument.Parse(ErrorPage.Render(413, "application/json", "1\"<2").Body);
        var problem = document.RootElement;
        Assert.Equal(("Content Too Large", 413, "1\"<2"), (problem.GetProperty("title").GetString(), problem.GetProperty("status").GetInt32(), problem.GetProperty("traceId").GetString()));
    }

    [Fact]
    public void Render_Html_EscapesTheTraceId()
    {
        var page = Encoding.UTF8.GetString(ErrorPage.Render(404, null, "<script>").Body);
        Assert.Contains("&lt;script&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(499, "499 Client Error\n")]
    [InlineData(599, "599 Server Error\n")]
    [InlineData(404, "404 Not Found\n")]
    public void Render_StatusWithoutReason_SaysWhoseFaultItIs(int status, string text) =>
        Assert.Equal(text, Encoding.UTF8.GetString(ErrorPage.Render(status, "text/plain", null).Body));
}
