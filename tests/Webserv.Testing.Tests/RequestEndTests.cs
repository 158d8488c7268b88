using Webserv.Abstractions.Http;
using Webserv.Testing.Http;

namespace Webserv.Testing.Tests;

/// <summary>A request that is used after its end.</summary>
public sealed class RequestEndTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, Action<IHttpContext>> Uses => new()
    {
        { "context.Connection", context => _ = context.Connection },
        { "context.VirtualServer", context => _ = context.VirtualServer },
        { "context.TraceId", context => _ = context.TraceId },
        { "context.Items", context => _ = context.Items },
        { "context.GetFeature", context => context.GetFeature<IUserFeature>() },
        { "request.Method", context => _ = context.Request.Method },
        { "request.Scheme", context => _ = context.Request.Scheme },
        { "request.Host", context => _ = context.Request.Host },
        { "request.Path", context => _ = context.Request.Path },
        { "request.RawTarget", context => _ = context.Request.RawTarget },
        { "request.Query", context => _ = context.Request.Query },
        { "request.HttpVersion", context => _ = context.Request.HttpVersion },
        { "request.Headers", context => _ = context.Request.Headers["Host"] },
        { "request.ContentLength", context => _ = context.Request.ContentLength },
        { "request.MaxBodySize", context => _ = context.Request.MaxBodySize },
        { "request.MaxBodySize =", context => context.Request.MaxBodySize = 1 },
        { "request.Body", context => _ = context.Request.Body },
        { "response.StatusCode", context => _ = context.Response.StatusCode },
        { "response.StatusCode =", context => context.Response.StatusCode = 200 },
        { "response.Headers", context => _ = context.Response.Headers["X"] },
        { "response.Headers =", context => context.Response.Headers["X"] = "1" },
        { "response.Headers.Append", context => context.Response.Headers.Append("X", "1") },
        { "response.Headers.Contains", context => context.Response.Headers.Contains("X") },
        { "response.Headers.Count", context => _ = context.Response.Headers.Count },
        { "response.Headers.GetEnumerator", context => _ = context.Response.Headers.ToArray() },
        { "response.ContentLength", context => _ = context.Response.ContentLength },
        { "response.ContentLength =", context => context.Response.ContentLength = 1 },
        { "response.HasStarted", context => _ = context.Response.HasStarted },
        { "response.OnStarting", context => context.Response.OnStarting(() => Task.CompletedTask) },
        { "response.SendFileAsync", context => _ = context.Response.SendFileAsync("/x", 0, 1, CancellationToken.None) },
    };

    [Theory]
    [MemberData(nameof(Uses), DisableDiscoveryEnumeration = true)]
    public async Task SendAsync_ContextThatIsKept_IsOver(string name, Action<IHttpContext> use)
    {
        IHttpContext? kept = null;
        var context = TestHttpContext.Post("/").WithBody("x");
        await context.SendAsync((current, cancellation) =>
        {
            kept = current;
            current.Response.Headers["X"] = "1";
            return current.Response.WriteTextAsync("text", cancellation: cancellation);
        }, Cancellation);
        Assert.NotEmpty(name);
        Assert.Throws<ObjectDisposedException>(() => use(kept!));
    }

    [Fact]
    public async Task SendAsync_PartsThatAreKept_AreOver()
    {
        IHeaderCollection? fields = null;
        Stream? requestBody = null, responseBody = null;
        var context = TestHttpContext.Post("/").WithBody("x");
        await context.SendAsync((current, _) =>
        {
            (fields, requestBody, responseBody) = (current.Response.Headers, current.Request.Body, current.Response.Body);
            Assert.Same(requestBody, current.Request.Body);
            Assert.Same(responseBody, current.Response.Body);
            return Task.CompletedTask;
        }, Cancellation);
        Assert.Throws<ObjectDisposedException>(() => fields!["X"]);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await requestBody!.ReadExactlyAsync(new byte[1], Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await responseBody!.WriteAsync(new byte[1], Cancellation));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => responseBody!.FlushAsync(Cancellation));
    }

    [Fact]
    public async Task SendAsync_WhatFailed_IsOverToo()
    {
        IHttpContext? kept = null;
        await Assert.ThrowsAsync<NotSupportedException>(() => TestHttpContext.Get("/").SendAsync(
            (current, _) =>
            {
                kept = current;
                throw new NotSupportedException();
            },
            Cancellation));
        Assert.Throws<ObjectDisposedException>(() => kept!.Request.Path);
    }

    [Fact]
    public async Task SendAsync_TheTestsOwnView_StaysOpen()
    {
        var context = TestHttpContext.Post("/a?b").WithBody("x");
        await context.SendAsync((current, cancellation) =>
        {
            current.Items["k"] = "v";
            current.Response.Headers["X"] = "1";
            return current.Response.WriteTextAsync("text", cancellation: cancellation);
        }, Cancellation);
        Assert.Equal(("/a", "b", "v", "1", "text", 200), (context.Request.Path, context.Request.Query, context.Items["k"], context.Response.Headers["X"].ToString(), context.Response.BodyText, context.Response.StatusCode));
        Assert.NotNull(context.GetFeature<IUserFeature>());
        Assert.Equal("x", await new StreamReader(context.Request.Body).ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task SendAsync_ASecondTime_SaysThatItIsOver()
    {
        var context = TestHttpContext.Get("/");
        await context.SendAsync(context.Next, Cancellation);
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.SendAsync(context.Next, Cancellation));
    }
}
