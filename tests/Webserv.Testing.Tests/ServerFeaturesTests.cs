using Moq;
using Webserv.Abstractions.Http;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

/// <summary>The features that every request of the server has, and those that some have.</summary>
public sealed class ServerFeaturesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task LocalRedirect_OutsideAPipeline_GoesThroughTheSameMiddlewareAgain()
    {
        var context = TestHttpContext.Post("/from").WithBody("x");
        var response = await context.SendAsync(
            (current, cancellation) => current.Request.Path == "/from"
                ? current.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to", cancellation)
                : current.Response.WriteTextAsync(current.Request.Method + current.Request.Path, cancellation: cancellation),
            Cancellation);
        Assert.Equal("GET/to", response.BodyText);
    }

    [Fact]
    public async Task LocalRedirect_WithoutSendAsync_GoesToNext()
    {
        var context = TestHttpContext.Get("/from").WithNext((current, cancellation) => current.Response.WriteTextAsync(current.Request.Path, cancellation: cancellation));
        await context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to", Cancellation);
        Assert.Equal((true, "/to"), (context.NextWasCalled, context.Response.BodyText));
        Assert.Equal(500, (await Assert.ThrowsAsync<HttpException>(() => TestHttpContext.Get("/").GetFeature<ILocalRedirectFeature>()!.RedirectAsync("no path", Cancellation))).StatusCode);
    }

    [Fact]
    public async Task LocalRedirect_OfTheTest_IsKept()
    {
        var feature = Mock.Of<ILocalRedirectFeature>();
        await using var pipeline = new TestPipeline();
        pipeline.Use("looks", (context, _, cancellation) =>
        {
            Assert.Same(feature, context.GetFeature<ILocalRedirectFeature>());
            return context.Response.WriteTextAsync("", cancellation: cancellation);
        });
        await pipeline.SendAsync(TestHttpContext.Get("/").WithFeature(feature), Cancellation);
        Assert.Empty(pipeline.Failures);
    }

    [Fact]
    public void WithoutFeature_WhatRequestsHave_IsNotThere() =>
        Assert.Null(TestHttpContext.Get("/").WithoutFeature<ILocalRedirectFeature>().GetFeature<ILocalRedirectFeature>());

    [Theory]
    [InlineData("Authorization")]
    [InlineData("content-length")]
    [InlineData("X-Forwarded-For")]
    public void Trailers_ThatTheServerDrops_AreNotThere(string name)
    {
        var feature = TestHttpContext.Get("/").WithTrailer(name, "1").WithTrailer("X-Sum", "2").GetFeature<IRequestTrailersFeature>()!;
        Assert.Equal((1, "2"), (feature.Trailers.Count, feature.Trailers["X-Sum"].ToString()));
    }

    [Fact]
    public void Upgrade_WhereTheServerOffersNone_IsNotThere()
    {
        Assert.True(Has(TestHttpContext.Get("/")));
        Assert.False(Has(TestHttpContext.Post("/").WithBody("x")));
        Assert.False(Has(TestHttpContext.Post("/").WithBody(new MemoryStream())));
        Assert.False(Has(TestHttpContext.Get("/").WithHttpVersion(System.Net.HttpVersion.Version10)));

        static bool Has(TestHttpContext context)
        {
            context.WithUpgrade("echo");
            return context.GetFeature<IUpgradeFeature>() is not null && ((IHttpContext)context).GetFeature<IUpgradeFeature>() is not null;
        }
    }

    [Fact]
    public async Task Upgrade_OfARequestThatWasRedirected_IsNotThere()
    {
        var seen = false;
        var context = TestHttpContext.Get("/from");
        context.WithUpgrade("echo");
        await context.SendAsync(
            (current, cancellation) =>
            {
                seen |= current.Request.Path == "/to" && current.GetFeature<IUpgradeFeature>() is not null;
                return current.Request.Path == "/to" ? Task.CompletedTask : current.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/to", cancellation);
            },
            Cancellation);
        Assert.False(seen);
    }
}
