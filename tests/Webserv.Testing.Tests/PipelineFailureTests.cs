using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

/// <summary>What goes wrong when or after a pipeline ends is answered as the server answers it.</summary>
public sealed class PipelineFailureTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_ConfiguredPage_KeepsNothingThatThePageSaysOfItself()
    {
        await using var pipeline = new TestPipeline { ErrorPages = { [404] = "/missing" } };
        pipeline.Use("page", (context, _, cancellation) =>
        {
            foreach (var name in (string[])["Cache-Control", "Expires", "ETag", "Last-Modified", "Accept-Ranges", "X-Kept"])
            {
                context.Response.Headers[name] = "x";
            }

            return context.Response.WriteTextAsync("page", cancellation: cancellation);
        }, "/missing");
        var response = await pipeline.SendAsync(TestHttpContext.Get("/"), Cancellation);
        Assert.Equal((404, "page"), (response.StatusCode, response.BodyText));
        Assert.Equal(["Content-Type", "X-Kept"], response.Headers.Select(field => field.Key).Order());
    }

    [Fact]
    public async Task SendAsync_OnStartingThatThrows_Is500()
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("fails", (context, _, cancellation) =>
        {
            context.Response.Headers["X-Lost"] = "1";
            context.Response.OnStarting(() => throw new NotSupportedException("oops"));
            return context.Response.WriteTextAsync("text", cancellation: cancellation);
        });
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", "text/plain"), Cancellation);
        Assert.Equal((500, "500 Internal Server Error\n", false), (response.StatusCode, response.BodyText, response.Headers.Contains("X-Lost")));
        Assert.True(response.IsComplete);
        Assert.IsType<NotSupportedException>(Assert.Single(pipeline.Failures));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SendAsync_OnStartingThatThrowsAStatus_IsThat(bool inPipeline)
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("refuses", Refuse);
        var context = TestHttpContext.Get("/");
        var response = inPipeline ? await pipeline.SendAsync(context, Cancellation) : await context.SendAsync((current, token) => Refuse(current, context.Next, token), Cancellation);
        Assert.Equal((409, "a", true), (response.StatusCode, response.Headers["X-Why"].ToString(), response.IsComplete));
        Assert.Empty(pipeline.Failures);

        static Task Refuse(IHttpContext context, Webserv.Abstractions.Pipeline.RequestDelegate next, CancellationToken cancellation)
        {
            context.Response.OnStarting(() => throw new HttpException(409) { Headers = { ["X-Why"] = "a" } });
            return context.Response.WriteTextAsync("text", cancellation: cancellation);
        }
    }

    [Fact]
    public async Task SendAsync_LessThanItsLength_Is500BeforeTheStartAndCutBehindIt()
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("less", async (context, _, cancellation) =>
        {
            context.Response.ContentLength = 3;
            await context.Response.Body.WriteAsync("ab"u8.ToArray(), cancellation);
            if (context.Request.Path == "/started")
            {
                await context.Response.Body.FlushAsync(cancellation);
            }
        });
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", "text/plain"), Cancellation);
        Assert.Equal((500, "500 Internal Server Error\n", false), (response.StatusCode, response.BodyText, response.IsCut));
        Assert.IsType<InvalidOperationException>(Assert.Single(pipeline.Failures));
        response = await pipeline.SendAsync(TestHttpContext.Get("/started"), Cancellation);
        Assert.Equal((200, "ab", true), (response.StatusCode, response.BodyText, response.IsCut));
        Assert.Equal(2, pipeline.Failures.Count);
    }

    [Theory]
    [InlineData("X-Why", "a\nb")]
    [InlineData("X Why", "a")]
    [InlineData("Transfer-Encoding", "chunked")]
    public async Task SendAsync_HttpExceptionWithAFieldThatCanNotBeSent_Is500(string name, string value)
    {
        await using var pipeline = new TestPipeline();
        pipeline.Use("refuses", (_, _, _) => throw new HttpException(403) { Headers = { ["X-Lost"] = "1", [name] = value } });
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", "text/plain"), Cancellation);
        Assert.Equal((500, "500 Internal Server Error\n", false), (response.StatusCode, response.BodyText, response.Headers.Contains("X-Lost")));
        Assert.Single(pipeline.Failures);
    }

    [Fact]
    public async Task SendAsync_ConfiguredPageThatFailsWhenItStarts_IsTheServersPage()
    {
        await using var pipeline = new TestPipeline { ErrorPages = { [404] = "/missing" } };
        pipeline.Use("page", (context, _, cancellation) =>
        {
            context.Response.OnStarting(() => throw new NotSupportedException());
            return context.Response.WriteTextAsync("page", cancellation: cancellation);
        }, "/missing");
        var response = await pipeline.SendAsync(TestHttpContext.Get("/").WithHeader("Accept", "text/plain"), Cancellation);
        Assert.Equal((500, "500 Internal Server Error\n"), (response.StatusCode, response.BodyText));
        Assert.Single(pipeline.Failures);
    }

    [Fact]
    public async Task SendAsync_PageOf500ThatFailsAsItsRequestDid_CutsTheConnection()
    {
        await using var pipeline = new TestPipeline { ErrorPages = { [500] = "/broken" } };
        pipeline.Use("broken", (context, _, cancellation) =>
        {
            context.Response.OnStarting(() => throw new NotSupportedException());
            return context.Response.WriteTextAsync("page", cancellation: cancellation);
        });
        var response = await pipeline.SendAsync(TestHttpContext.Get("/"), Cancellation);
        Assert.True(response.IsCut);
        Assert.Equal(2, pipeline.Failures.Count);
    }

    [Fact]
    public async Task SendAsync_WithoutAPipeline_WhatIsNoStatusComesOut()
    {
        await Assert.ThrowsAsync<NotSupportedException>(() => TestHttpContext.Get("/").SendAsync(
            (context, _) =>
            {
                context.Response.OnStarting(() => throw new NotSupportedException());
                return Task.CompletedTask;
            },
            Cancellation));
        await Assert.ThrowsAsync<ArgumentException>(() => TestHttpContext.Get("/").SendAsync(
            (_, _) => throw new HttpException(403) { Headers = { ["X-Why"] = "a\nb" } }, Cancellation));
    }
}
