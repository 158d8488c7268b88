using Moq;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Plugins.Redirect.Tests;

public sealed class RedirectTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/old/*", "/new/", "/old/a/b?x", "/new/a/b?x")]
    [InlineData("/old/*", "/new/", "/old/", "/new/")]
    [InlineData("/old/*", "/new/", "/old", "/new/")]
    [InlineData("/old/*", "/new", "/old/a/b?x", "/new?x")]
    [InlineData("/old/*", "/new/?y=1", "/old/a?x", "/new/a?y=1")]
    [InlineData("/old/*", "/new/#top", "/old/a?x", "/new/a?x#top")]
    [InlineData("/old/*", "/new#a?b", "/old/a?x", "/new?x#a?b")]
    [InlineData("/old/*", "https://example.com/", "/old/a?x", "https://example.com/a?x")]
    [InlineData(null, "https://example.com/", "/a/b", "https://example.com/a/b")]
    [InlineData(null, "https://example.com", "/a/b", "https://example.com")]
    [InlineData("/old", "/new/", "/old?x", "/new/?x")]
    [InlineData("/old/*", "/", "/old//evil.com", "/evil.com")]
    [InlineData("/old/*", "/", "/old///evil.com/", "/evil.com/")]
    [InlineData("/old/*", "/", "/old/%5Cevil.com", "/%5Cevil.com")]
    [InlineData("/old/*", "/", "/old/%2Fevil.com", "/%2Fevil.com")]
    [InlineData("/old/*", "/new/", "/old/..%2f..", "/new/..%2F..")]
    [InlineData("/old/*", "/new/", "/old/a%0d%0aSet-Cookie:x", "/new/a%0D%0ASet-Cookie:x")]
    [InlineData("/old/*", "/new/", "/old/a%20b%25%3F%C3%A9", "/new/a%20b%25%3F%C3%A9")]
    [InlineData("/old/*", "/new/", "/old/a?q=%0d%0a\"<[]", "/new/a?q=%0d%0a%22%3C%5B%5D")]
    [InlineData("/old/*", "https://example.com/x/", "/old/@evil.com", "https://example.com/x/@evil.com")]
    public async Task InvokeAsync_Target_GoesToLocation(string? match, string to, string target, string location)
    {
        await using var host = await PluginHost.CreateAsync<RedirectPlugin>(cancellation: Cancellation);
        await host.UseAsync<RedirectOptions>(
            "Redirect", options => options.To = to, new TestPipelineEntry { MatchPath = match }, Cancellation);
        var context = TestHttpContext.Get(target);
        var response = await host.SendAsync(context, Cancellation);
        Assert.Equal(location, response.Headers[Fields.Location].ToString());
        Assert.Equal((302, 0L, false), (response.StatusCode, response.ContentLength, context.NextWasCalled));
    }

    [Fact]
    public async Task InvokeAsync_QueryWithControlCharacters_IsEncoded()
    {
        var request = new Mock<IHttpRequest>();
        request.Setup(r => r.Path).Returns("/");
        request.Setup(r => r.Query).Returns("a\r\nb #\ud800");
        var recorded = TestHttpContext.Get("/");
        var context = new Mock<IHttpContext>();
        context.Setup(c => c.Request).Returns(request.Object);
        context.Setup(c => c.Response).Returns(recorded.Response);
        await using var host = await PluginHost.CreateAsync<RedirectPlugin>(cancellation: Cancellation);
        var middleware = await host.UseAsync<RedirectOptions>("Redirect", options => options.To = "/x", cancellation: Cancellation);
        await middleware.InvokeAsync(context.Object, recorded.Next, Cancellation);
        Assert.Equal("/x?a%0D%0Ab%20%23%EF%BF%BD", recorded.Response.Headers[Fields.Location].ToString());
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task InvokeAsync_Status_IsAnswered(int status)
    {
        await using var host = await PluginHost.CreateAsync<RedirectPlugin>(cancellation: Cancellation);
        await host.UseAsync<RedirectOptions>("Redirect", options => (options.To, options.Status) = ("/x", status), cancellation: Cancellation);
        Assert.Equal(status, (await host.SendAsync(TestHttpContext.Post("/"), Cancellation)).StatusCode);
    }

    [Theory]
    [InlineData("", 302, "To: is missing")]
    [InlineData("//evil.com/", 302, "To: '//evil.com/' names another host")]
    [InlineData("new", 302, "To: 'new' is neither")]
    [InlineData("javascript:alert(1)", 302, "To: 'javascript:alert(1)' is neither")]
    [InlineData("ftp://x/", 302, "To: 'ftp://x/' is neither")]
    [InlineData("/a b", 302, "To: '/a b' holds characters")]
    [InlineData("/é", 302, "To: '/é' holds characters")]
    [InlineData("/a\r\nX: y", 302, "holds characters")]
    [InlineData("/\\evil.com", 302, "holds characters")]
    [InlineData("/x", 200, "Status: 200 is not one of")]
    [InlineData("/x", 304, "Status: 304 is not one of")]
    public async Task Validate_WrongOptions_AreNamed(string to, int status, string message)
    {
        await using var host = await PluginHost.CreateAsync<RedirectPlugin>(cancellation: Cancellation);
        var failure = Assert.Single(host.Validate<RedirectOptions>("Redirect", options => (options.To, options.Status) = (to, status)));
        Assert.Contains(message, failure, StringComparison.Ordinal);
    }
}
