using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Server;

/// <summary>Which entry did what for how long: Server-Timing, and the trace in the log.</summary>
public abstract partial class ServerTests
{
    [Theory]
    [InlineData(false, "total;dur=14, Test0;desc=\"Test0 (Webserv:0)\";dur=6, Test1;desc=\"Test1 (Webserv:1)\";dur=8")]
    [InlineData(true, "total;dur=2, Test0;desc=\"Test0 (Webserv:0)\";dur=2, Test1;desc=\"Test1 (Webserv:1)\";dur=0")]
    public async Task ServerTiming_TwoEntries_EachHasItsOwnTimeUpToTheHead(bool isFlushed, string expected)
    {
        var time = new FakeTimeProvider();
        await using var rig = await StartAsync(setup =>
        {
            (setup.ServerTiming, setup.PipelineTime) = (true, time);
            setup.Use(Spend(time, 2, 4));
            setup.Use(async (context, _, cancellation) =>
            {
                if (isFlushed)
                {
                    await context.Response.Body.FlushAsync(cancellation);
                }

                time.Advance(TimeSpan.FromMilliseconds(8));
                await context.Response.Body.WriteAsync("hi"u8.ToArray(), cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        for (var request = 0; request < 2; request++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal((200, expected), (response.Status, response["Server-Timing"]));
        }

        Assert.DoesNotContain(rig.Logs.Entries, entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServerTiming_NotAskedFor_NothingIsTimed()
    {
        bool? isTimed = null;
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            isTimed = Http1Context.From(context).Timing is not null;
            return Task.CompletedTask;
        }));
        using var client = await rig.ConnectAsync();
        Assert.Null((await client.GetAsync("/"))["Server-Timing"]);
        Assert.False(isTimed);
        Assert.DoesNotContain(rig.Logs.Entries, entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ServerTiming_MiddlewareSendsItsOwn_BothAreThere()
    {
        await using var rig = await StartAsync(setup =>
        {
            (setup.ServerTiming, setup.PipelineTime) = (true, new FakeTimeProvider());
            setup.Use((context, _, _) =>
            {
                context.Response.Headers["Server-Timing"] = "db;dur=53";
                return Task.CompletedTask;
            });
        });
        Assert.Contains(
            "\r\nServer-Timing: db;dur=53\r\nServer-Timing: total;dur=0, Test0;",
            await rig.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/throws", 500, "Test0 (Webserv:0) let InvalidOperationException through 6; Test1 (Webserv:1) threw InvalidOperationException 8")]
    [InlineData("/refuses", 413, "Test0 (Webserv:0) let HttpException through 6; Test2 (Webserv:2) threw HttpException 0")]
    [InlineData("/else", 404, "Test0 (Webserv:0) passed on 6; end of the pipeline ended it 0")]
    public async Task RequestTrace_WhateverTheAnswer_IsOneLineWithTheTraceIdOfItsPage(string path, int status, string entries)
    {
        var time = new FakeTimeProvider();
        await using var rig = await StartAsync(setup =>
        {
            (setup.ServerTiming, setup.RequestTrace, setup.PipelineTime) = (true, true, time);
            setup.Use(Spend(time, 2, 4));
            setup.Map("/throws", (_, _) =>
            {
                time.Advance(TimeSpan.FromMilliseconds(8));
                throw new InvalidOperationException("no");
            });
            setup.Map("/refuses", (_, _) => throw new HttpException(413));
        });
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync(path, "Accept: application/json\r\n");
        Assert.Equal(status, response.Status);
        Assert.StartsWith("total;dur=", response["Server-Timing"], StringComparison.Ordinal);
        await rig.WaitUntilTracedAsync(1);
        var (level, message) = Assert.Single(rig.Logs.Entries, entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal));
        Assert.Equal(LogLevel.Information, level);
        Assert.EndsWith($" GET {path}: {status}, {(path == "/throws" ? 14 : 6)} ms: {entries}", message, StringComparison.Ordinal);
        var id = message[..message.IndexOf(':', StringComparison.Ordinal)];
        Assert.Contains($"\"traceId\":\"{id}\"", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RequestTrace_EntryPassesOnAgainAndAgain_IsBounded()
    {
        await using var rig = await StartAsync(setup =>
        {
            (setup.RequestTrace, setup.PipelineTime) = (true, new FakeTimeProvider());
            setup.Use(async (context, next, cancellation) =>
            {
                for (var turn = 0; turn < 100; turn++)
                {
                    await next(context, cancellation);
                }
            });
            setup.Use((_, _, _) => Task.CompletedTask);
        });
        using var client = await rig.ConnectAsync();
        Assert.Null((await client.GetAsync("/"))["Server-Timing"]);
        await rig.WaitUntilTracedAsync(1);
        var line = Assert.Single(rig.Logs.Entries, entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal)).Message;
        Assert.EndsWith("; and 37 more", line, StringComparison.Ordinal);
        Assert.Equal(63, line.Split("Test1").Length - 1);
    }

    [Fact]
    public async Task RequestTrace_EntryPassesOnTwiceAtOnce_TimesAddUp()
    {
        var time = new FakeTimeProvider();
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = await StartAsync(setup =>
        {
            (setup.RequestTrace, setup.PipelineTime) = (true, time);
            setup.Use(async (context, next, cancellation) =>
            {
                var one = next(context, cancellation);
                var two = next(context, cancellation);
                first.SetResult();
                await one;
                await two;
                time.Advance(TimeSpan.FromMilliseconds(1));
            });
            var turn = 0;
            setup.Use(async (_, _, _) =>
            {
                time.Advance(TimeSpan.FromMilliseconds(turn == 0 ? 2 : 4));
                if (turn++ == 0)
                {
                    await first.Task;
                }
            });
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        await rig.WaitUntilTracedAsync(1);
        Assert.Contains(
            rig.Logs.Entries,
            entry => entry.Message.EndsWith(
                ": 200, 7 ms: Test0 (Webserv:0) passed on 1; Test1 (Webserv:1) passed on 2; Test1 (Webserv:1) ended it 4", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Statistics_TwoPlugins_EachHasItsOwnRequestsErrorsAndTimes()
    {
        var time = new FakeTimeProvider();
        Webserv.Host.Plugins.PluginStatistics? filter = null, handler = null;
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Statistics = true;
            setup.PipelineTime = time;
            setup.Add(new PipelineEntryOptions { ConfigurationPath = "x", Use = setup.Register(_ => Spend(time, 100, 100), plugin: "Filter") });
            setup.Add(new PipelineEntryOptions
            {
                ConfigurationPath = "x",
                Use = setup.Register(
                    _ => (context, next, cancellation) =>
                    {
                        time.Advance(TimeSpan.FromMilliseconds(10));
                        return context.Request.Path switch
                        {
                            "/throws" => throw new InvalidOperationException("no"),
                            "/413" => throw new HttpException(413),
                            "/503" => throw new HttpException(503),
                            _ => next(context, cancellation),
                        };
                    },
                    plugin: "Handler"),
            });
            (filter, handler) = (setup.Catalog.UsageOf("Filter").Statistics, setup.Catalog.UsageOf("Handler").Statistics);
        });
        using var client = await rig.ConnectAsync();
        foreach (var (path, status) in new[] { ("/", 404), ("/throws", 500), ("/413", 413), ("/503", 503) })
        {
            var response = await client.GetAsync(path);
            Assert.Equal((status, null), (response.Status, response["Server-Timing"]));
        }

        Assert.Equal((4, 0, 0), (filter!.Requests, filter.Errors, filter.Inside));
        Assert.Equal((4, 2, 0), (handler!.Requests, handler.Errors, handler.Inside));
        Assert.InRange(filter.Percentile(0.99)!.Value.TotalMilliseconds, 200, 250);
        Assert.InRange(handler.Percentile(0.99)!.Value.TotalMilliseconds, 10, 12.5);
        Assert.DoesNotContain(rig.Logs.Entries, entry => entry.Message.Contains(" ms: ", StringComparison.Ordinal));
    }

    private static Func<IHttpContext, Abstractions.Pipeline.RequestDelegate, CancellationToken, Task> Spend(FakeTimeProvider time, int before, int after) =>
        async (context, next, cancellation) =>
        {
            time.Advance(TimeSpan.FromMilliseconds(before));
            try
            {
                await next(context, cancellation);
            }
            finally
            {
                time.Advance(TimeSpan.FromMilliseconds(after));
            }
        };
}
