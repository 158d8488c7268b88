using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Webserv.Abstractions.Http;
using Webserv.Samples.RequestCounter;
using Webserv.Testing.Http;
using Webserv.Testing.Pipeline;
using Webserv.Testing.Plugins;

namespace Webserv.Samples.Tests;

public sealed class RequestCounterTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task InvokeAsync_WhatOthersAnswer_IsCountedOnThePageAndAsMetrics()
    {
        await using var pipeline = new TestPipeline();
        var plugin = await pipeline.LoadAsync<RequestCounterPlugin>(cancellation: Cancellation);
        var meter = new ConcurrentQueue<string?>();
        using var listener = new MeterListener();
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) => meter.Enqueue(tags[0].Value?.ToString()));
        await pipeline.UseAsync<RequestCounterOptions>("RequestCounter", options => options.ReportPath = "/requests", cancellation: Cancellation);
        await pipeline.UseAsync("RequestCounter", new TestPipelineEntry { MatchPath = "/twice" }, Cancellation);
        pipeline.Use("fails", (_, _, _) => throw new NotSupportedException(), "/fails");
        pipeline.Use("refuses", (_, _, _) => throw new HttpException(403), "/refuses");
        pipeline.Use("answers", (context, _, cancellation) => context.Response.WriteTextAsync("x", cancellation: cancellation), "/twice");
        var counts = (RequestCounts)plugin.Services.GetService(typeof(RequestCounts))!;
        foreach (var path in (string[])["/fails", "/refuses", "/twice", "/missing"])
        {
            await pipeline.SendAsync(TestHttpContext.Get(path), Cancellation);
        }

        var context = TestHttpContext.Get("/requests");
        Assert.Equal("2xx 2\n3xx 0\n4xx 2\n5xx 1\n", (await pipeline.SendAsync(context, Cancellation)).BodyText);
        Assert.Equal(["RequestCounter"], context.Visited);

        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name == "webserv.samples.requests")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.Start();
        counts.Add(204);
        Assert.Contains("2xx", meter);
    }

    [Fact]
    public async Task InvokeAsync_ClientThatHasGone_IsNotCounted()
    {
        await using var pipeline = new TestPipeline();
        await pipeline.LoadAsync<RequestCounterPlugin>(cancellation: Cancellation);
        await pipeline.UseAsync<RequestCounterOptions>("RequestCounter", options => options.ReportPath = "/requests", cancellation: Cancellation);
        pipeline.Use("reads", (context, _, cancellation) => context.Request.Body.CopyToAsync(Stream.Null, cancellation), "/reads");
        var response = await pipeline.SendAsync(TestHttpContext.Put("/reads").WithBody("0123456789").WithDisconnect(3), Cancellation);
        Assert.True(response.IsCut);
        Assert.Equal("2xx 0\n3xx 0\n4xx 0\n5xx 0\n", (await pipeline.SendAsync(TestHttpContext.Get("/requests"), Cancellation)).BodyText);
    }

    [Fact]
    public async Task Validate_ReportPathWithoutSlash_IsRefused()
    {
        await using var host = await PluginHost.CreateAsync<RequestCounterPlugin>(cancellation: Cancellation);
        Assert.Equal(
            ["ReportPath: 'x' does not begin with a slash"], host.Validate<RequestCounterOptions>("RequestCounter", options => options.ReportPath = "x"));
    }

    [Fact]
    public async Task Plugin_Unloaded_LeavesMemory() =>
        await PluginUnload.AssertUnloadsAsync<RequestCounterPlugin>(
            async host =>
            {
                await host.UseAsync("RequestCounter", new Dictionary<string, object?> { ["ReportPath"] = "/requests" }, cancellation: Cancellation);
                await host.SendAsync(TestHttpContext.Get("/"), Cancellation);
            },
            Cancellation);
}
