using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

/// <summary>Bodies that are longer than they may be.</summary>
public sealed class BodyLengthTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 304)]
    [InlineData("GET", 205)]
    public async Task ResponseBody_MoreThanItsLengthThatNobodyGets_IsCountedAndThrownAway(string method, int status)
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("more", async (context, _, cancellation) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentLength = 3;
            await context.Response.Body.WriteAsync(new byte[5], cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            await context.Response.Body.WriteAsync(new byte[5], cancellation);
        });
        var response = await pipeline.SendAsync(new TestHttpContext(method, "/"), Cancellation);
        Assert.Equal((status, 10, 0, false), (response.StatusCode, response.BytesWritten, response.BodyBytes.Length, response.IsCut));
        Assert.Equal(status == 205 ? 0 : 3, response.ContentLength);
        Assert.Empty(pipeline.Failures);
    }

    [Fact]
    public async Task ResponseBody_Of204_HasNoLength()
    {
        var context = TestHttpContext.Get("/");
        await context.SendAsync(async (current, cancellation) =>
        {
            current.Response.StatusCode = 204;
            current.Response.ContentLength = 3;
            await current.Response.Body.WriteAsync("abc"u8.ToArray(), cancellation);
        }, Cancellation);
        Assert.Equal((null, ""), (context.Response.ContentLength, context.Response.BodyText));
    }

    [Fact]
    public async Task RequestBody_OverTheServersDefault_Is413()
    {
        Assert.Equal(200, await SendAsync(TestHttpContext.Post("/").WithBody(new byte[1 << 20])));
        Assert.Equal(413, await SendAsync(TestHttpContext.Post("/").WithBody(new byte[(1 << 20) + 1])));
        Assert.Equal(413, await SendAsync(TestHttpContext.Post("/").WithBody(new MemoryStream(new byte[(1 << 20) + 1]))));
        Assert.Equal(200, await SendAsync(TestHttpContext.Post("/").WithMaxBodySize(2 << 20).WithBody(new byte[2 << 20])));
        Assert.Equal(200, await SendAsync(TestHttpContext.Post("/").WithBody(new byte[2 << 20]).WithMaxBodySize(null)));
        Assert.Throws<ArgumentOutOfRangeException>(() => TestHttpContext.Post("/").WithMaxBodySize(-1));

        static async Task<int> SendAsync(TestHttpContext context) =>
            (await context.SendAsync((current, cancellation) => current.Request.Body.CopyToAsync(Stream.Null, cancellation), Cancellation)).StatusCode;
    }
}
