using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;
using Webserv.Host.Tests.Server;

namespace Webserv.Host.Tests.Pipeline.Containment;

/// <summary>Plugins under a budget, in a whole server.</summary>
public sealed class ContainmentTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private PluginUsage _usage = null!;
    private StrongBox<CancellationToken>? _hanging;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task MaxRequests_OneMore_IsRefusedWith503AndToldOnce(bool isInline)
    {
        var entered = new SemaphoreSlim(0);
        var leave = new TaskCompletionSource();
        await using var rig = await StartAsync(new PluginBudgetOptions { MaxRequests = 2 }, isInline, async (context, _, _) =>
        {
            entered.Release();
            await leave.Task;
            context.Response.StatusCode = 204;
        });
        using var first = await rig.ConnectAsync();
        using var second = await rig.ConnectAsync();
        using var third = await rig.ConnectAsync();
        await first.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await second.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await entered.WaitAsync(first.Token);
        await entered.WaitAsync(first.Token);

        for (var time = 0; time < 5; time++)
        {
            var refused = await third.GetAsync("/");
            Assert.Equal((503, "1"), (refused.Status, refused["Retry-After"]));
        }

        leave.SetResult();
        Assert.Equal(204, (await first.ReadAsync()).Status);
        Assert.Equal(204, (await second.ReadAsync()).Status);
        Assert.Equal(204, (await third.GetAsync("/")).Status);
        Assert.Equal(0, _usage.Inside);
        Assert.Single(rig.Logs.At(LogLevel.Warning), message => message.Contains("were answered 503: 2 are inside", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MaxTime_Spent_IsCancelledAndAnswered503()
    {
        await using var rig = await StartAsync(
            new PluginBudgetOptions { MaxTime = 10 * Tick }, isInline: true, HangAsync);
        using var client = await rig.ConnectAsync();
        var response = await HangUntilCancelledAsync(client.GetAsync("/"));
        Assert.Equal((503, "1"), (response.Status, response["Retry-After"]));
        Assert.Equal((0, 0), (_usage.Inside, _usage.Stuck));
        Assert.Contains("ended when it was cancelled", Assert.Single(rig.Logs.At(LogLevel.Warning)), StringComparison.Ordinal);
        Assert.Empty(rig.Logs.At(LogLevel.Error));

        // The connection is as good as before, and so is the clock.
        Assert.Equal(503, (await HangUntilCancelledAsync(client.GetAsync("/"))).Status);
    }

    [Fact]
    public async Task MaxTime_MiddlewareThatBlocksItsThread_IsAnsweredWithoutItAndCountsUntilItEnds()
    {
        using var release = new ManualResetEventSlim();
        await using var rig = await StartAsync(new PluginBudgetOptions { MaxRequests = 1, MaxTime = 10 * Tick }, isInline: true, (context, _, _) =>
        {
            release.Wait(TimeSpan.FromSeconds(20), CancellationToken.None);
            return context.Response.WriteTextAsync("too late", cancellation: CancellationToken.None);
        });
        using var client = await rig.ConnectAsync();
        var response = await LetTimePassAsync(client.GetAsync("/"));
        Assert.Equal((503, "1"), (response.Status, response["Retry-After"]));
        Assert.Equal((1, 1), (_usage.Inside, _usage.Stuck));
        Assert.Contains("does not heed cancellation", Assert.Single(rig.Logs.At(LogLevel.Error)), StringComparison.Ordinal);
        var full = await client.GetAsync("/");
        Assert.Equal(503, full.Status);
        Assert.DoesNotContain("too late", full.Text, StringComparison.Ordinal);

        release.Set();
        await ServerRig.WaitAsync(() => _usage.Inside == 0, () => $"{_usage.Inside} are inside");
        Assert.Equal(0, _usage.Stuck);
        await ServerRig.WaitAsync(
            () => rig.Logs.At(LogLevel.Information).Any(message => message.Contains("is done with a request that was given up", StringComparison.Ordinal)), () => "not told");
        Assert.Equal("too late", (await client.GetAsync("/")).Text);
    }

    [Fact]
    public async Task MaxTime_WhileOthersBehindHaveTheRequest_StandsStill()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        CancellationToken behind = default;
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", new PluginBudgetOptions { MaxTime = 10 * Tick });
            setup.Use((context, next, cancellation) => next(context, cancellation));
            Use(setup, "Other", async (context, _, cancellation) =>
            {
                behind = cancellation;
                entered.SetResult();
                await leave.Task;
                await context.Response.WriteTextAsync("at last", cancellation: CancellationToken.None);
            });
        });
        using var client = await rig.ConnectAsync();
        var answer = client.GetAsync("/");
        await entered.Task;
        await PassAsync(100);
        Assert.False(behind.IsCancellationRequested);
        leave.SetResult();
        Assert.Equal("at last", (await answer).Text);
        Assert.Empty(rig.Logs.At(LogLevel.Warning));
    }

    [Fact]
    public async Task MaxTime_WhileTheClientSends_StandsStill()
    {
        var reading = new TaskCompletionSource();
        await using var rig = await StartAsync(new PluginBudgetOptions { MaxTime = 10 * Tick }, isInline: true, async (context, _, cancellation) =>
        {
            var octets = new byte[100];
            var read = context.Request.Body.ReadAsync(octets, cancellation);
            reading.SetResult();
            await context.Response.WriteTextAsync($"{await read}", cancellation: CancellationToken.None);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n");
        await reading.Task;
        await PassAsync(100);
        await client.SendAsync("body");
        Assert.Equal("4", (await client.ReadAsync()).Text);
        Assert.Empty(rig.Logs.At(LogLevel.Warning));
    }

    [Theory]
    [InlineData("Content-Length: 6\r\n\r\nbodies", 413)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n6\r\nbodies\r\n0\r\n\r\n", 413)]
    [InlineData("Content-Length: 4\r\n\r\nbody", 200)]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", 200)]
    public async Task MaxBodySize_MoreThanThat_Is413WhateverThePluginSays(string body, int status)
    {
        var budget = new PluginBudgetOptions { MaxBodySize = 5, Breaker = new BreakerOptions { Failures = 1 } };
        await using var rig = await StartAsync(budget, isInline: true, async (context, _, cancellation) =>
        {
            context.Request.MaxBodySize = null;
            await context.Request.Body.CopyToAsync(Stream.Null, cancellation);
        });
        for (var time = 0; time < 2; time++)
        {
            // A client that sends too much is no failure of the plugin.
            using var client = await rig.ConnectAsync();
            await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\n" + body);
            Assert.Equal(status, (await client.ReadAsync()).Status);
        }
    }

    [Fact]
    public async Task MaxBodySize_BehindThePlugin_IsThatOfTheServer()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", new PluginBudgetOptions { MaxBodySize = 5 });
            setup.Use((context, next, cancellation) => next(context, cancellation));
            Use(setup, "Other", (context, _, cancellation) => context.Request.Body.CopyToAsync(Stream.Null, cancellation));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.PostAsync("/", "more than five")).Status);
    }

    [Fact]
    public async Task Breaker_FailsAgainAndAgain_RefusesAndTriesLater()
    {
        var failing = true;
        var calls = 0;
        var budget = new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 3, OpenFor = TimeSpan.FromSeconds(20) } };
        await using var rig = await StartAsync(budget, isInline: true, (context, _, _) =>
        {
            calls++;
            return failing ? throw new InvalidOperationException("out of ink") : context.Response.WriteTextAsync("fine", cancellation: CancellationToken.None);
        });
        using var client = await rig.ConnectAsync();
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(500, (await client.GetAsync("/")).Status);
        }

        var refused = await client.GetAsync("/");
        Assert.Equal((503, "20", 3), (refused.Status, refused["Retry-After"], calls));
        Assert.Single(rig.Logs.At(LogLevel.Error), message => message.EndsWith("threw InvalidOperationException: out of ink", StringComparison.Ordinal));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal(500, (await client.GetAsync("/")).Status);
        Assert.Equal(503, (await client.GetAsync("/")).Status);
        failing = false;
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("fine", (await client.GetAsync("/")).Text);
        Assert.Equal("fine", (await client.GetAsync("/")).Text);
        Assert.Equal(6, calls);
    }

    [Fact]
    public async Task Breaker_TimeSpentAgainAndAgain_Opens()
    {
        var budget = new PluginBudgetOptions { MaxTime = 10 * Tick, Breaker = new BreakerOptions { Failures = 1 } };
        await using var rig = await StartAsync(budget, isInline: true, HangAsync);
        using var client = await rig.ConnectAsync();
        Assert.Equal(503, (await HangUntilCancelledAsync(client.GetAsync("/"))).Status);
        var refused = await client.GetAsync("/");
        Assert.Equal((503, "10"), (refused.Status, refused["Retry-After"]));
        Assert.Contains(rig.Logs.At(LogLevel.Error), message => message.Contains("The last one took its time, 1 s", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Breaker_SlowTrialWhereOneMayBeInside_IsTheOnlyTrialThatIsToldOf()
    {
        var entered = new TaskCompletionSource();
        var leave = new TaskCompletionSource();
        var fails = true;
        var budget = new PluginBudgetOptions { MaxRequests = 1, Breaker = new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) } };
        await using var rig = await StartAsync(budget, isInline: true, async (context, _, _) =>
        {
            if (fails)
            {
                throw new InvalidOperationException("broken");
            }

            entered.TrySetResult();
            await leave.Task;
            context.Response.StatusCode = 204;
        });
        using var slow = await rig.ConnectAsync();
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/")).Status);
        fails = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        var trial = slow.GetAsync("/");
        await entered.Task;

        // Another one is due, and finds no place.
        _time.Advance(TimeSpan.FromSeconds(10));
        for (var time = 0; time < 20; time++)
        {
            Assert.Equal(503, (await client.GetAsync("/")).Status);
        }

        leave.SetResult();
        Assert.Equal(204, (await trial).Status);
        Assert.Single(rig.Logs.At(LogLevel.Information), message => message.EndsWith("is tried again with one request", StringComparison.Ordinal));
        Assert.Equal(204, (await client.GetAsync("/")).Status);
        Assert.Equal(0, _usage.Inside);
    }

    [Fact]
    public async Task Breaker_Skip_PassesOnAsIfTheEntryWereNotThere()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 1, Then = BreakerAction.Skip } });
            setup.Use((_, _, _) => throw new InvalidOperationException("broken"));
            Use(setup, "Other", (context, _, _) => context.Response.WriteTextAsync("behind", cancellation: CancellationToken.None));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/")).Status);
        Assert.Equal("behind", (await client.GetAsync("/")).Text);
    }

    [Fact]
    public async Task Breaker_StatusesAndWhatComesFromBehind_AreNoFailures()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 1 } });
            setup.Use((context, next, cancellation) => context.Request.Path == "/teapot" ? throw new HttpException(418) : next(context, cancellation));
            Use(setup, "Other", (_, _, _) => throw new InvalidOperationException("broken"));
        });
        using var client = await rig.ConnectAsync();
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(418, (await client.GetAsync("/teapot")).Status);
            Assert.Equal(500, (await client.GetAsync("/")).Status);
        }
    }

    [Fact]
    public async Task Breaker_OneEntryFails_AnotherOfTheSamePluginServes()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", new PluginBudgetOptions { Breaker = new BreakerOptions { Failures = 1 } });
            setup.Map("/bad", (_, _) => throw new InvalidOperationException("broken"));
            setup.Map("/good", (context, _) => context.Response.WriteTextAsync("good", cancellation: CancellationToken.None));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/bad")).Status);
        Assert.Equal(503, (await client.GetAsync("/bad")).Status);
        Assert.Equal("good", (await client.GetAsync("/good")).Text);
    }

    private static Dictionary<string, PluginBudgetOptions> Budgets(string plugin, PluginBudgetOptions budget) => new() { [plugin] = budget };

    private static void Use(ServerSetup setup, string plugin, Func<IHttpContext, RequestDelegate, CancellationToken, Task> handler) =>
        setup.Add(new PipelineEntryOptions { ConfigurationPath = "Webserv:Other", Use = setup.Register(_ => handler, plugin: plugin) });

    private Task<ServerRig> StartAsync(PluginBudgetOptions budget, bool isInline, Func<IHttpContext, RequestDelegate, CancellationToken, Task> handler) =>
        StartAsync(setup =>
        {
            setup.Plugins.Budgets = Budgets("Test", budget);
            setup.Use(handler, isInline);
        });

    private Task<ServerRig> StartAsync(Action<ServerSetup> configure) => ServerRig.StartAsync(RigKind.Memory, setup =>
    {
        setup.PipelineTime = _time;
        configure(setup);
        _usage = setup.Catalog.UsageOf("Test");
    });

    /// <summary>Some time in which nothing should happen.</summary>
    private async Task PassAsync(int ticks)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            _time.Advance(Tick);
            await Task.Yield();
        }
    }

    /// <summary>A middleware that ends when it is cancelled.</summary>
    private Task HangAsync(IHttpContext context, RequestDelegate next, CancellationToken cancellation)
    {
        _hanging = new StrongBox<CancellationToken>(cancellation);
        return Task.Delay(Timeout.Infinite, cancellation);
    }

    /// <summary>Lets time pass until the middleware is cancelled, and not longer: it has a second to notice.</summary>
    private async Task<RawResponse> HangUntilCancelledAsync(Task<RawResponse> answer)
    {
        while (Volatile.Read(ref _hanging)?.Value.IsCancellationRequested != true)
        {
            await PassAsync(1);
        }

        _hanging = null;
        return await answer;
    }

    /// <summary>Lets time pass until an answer is there.</summary>
    private async Task<RawResponse> LetTimePassAsync(Task<RawResponse> answer)
    {
        while (!answer.IsCompleted)
        {
            await PassAsync(1);
        }

        return await answer;
    }
}
