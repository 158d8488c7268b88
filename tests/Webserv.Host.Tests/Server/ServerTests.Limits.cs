using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Limits of size, time and number; clients that go away.</summary>
public abstract partial class ServerTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(300);

    [Theory]
    [InlineData(9_000, 0, 414)]
    [InlineData(0, 40_000, 431)]
    public async Task Head_TooLarge_IsRefused(int target, int field, int status)
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/" + new string('x', target), $"X: {new string('x', field)}\r\n");
        Assert.Equal((status, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Head_TooManyFields_Is431()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxRequestFields = 3;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/", "A: 1\r\nB: 2\r\n")).Status);
        Assert.Equal(431, (await client.GetAsync("/", "A: 1\r\nB: 2\r\nC: 3\r\n")).Status);
    }

    [Fact]
    public async Task Head_UpToTheLimit_IsServed()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (context, cancellation) =>
            context.Response.WriteTextAsync(context.Request.Headers["X"].ToString(), cancellation: cancellation)));
        using var client = await rig.ConnectAsync();
        var value = new string('x', 32_000);
        Assert.Equal(value, (await client.GetAsync("/", $"X: {value}\r\n")).Text);
        Assert.Equal(value, (await client.GetAsync("/", $"X: {value}\r\n")).Text);
    }

    [Theory]
    [InlineData("FOO / HTTP/1.1\r\nHost: a\r\n\r\n", 501)]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501)]
    [InlineData("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505)]
    [InlineData("GET /\r\n", 400)]
    [InlineData("GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400)]
    [InlineData("GET http://b@c/ HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET http://b/ HTTP/1.1\r\nHost: a/\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)]
    [InlineData("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400)]
    public async Task Request_ThatIsRefused_GetsItsStatus(string request, int status)
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (context, cancellation) =>
            context.Request.Method == "GET" ? context.Response.WriteTextAsync("hi", cancellation: cancellation) : Task.FromException(new HttpException(501))));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(request);
        Assert.Equal(status, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task UnknownMethod_NobodyAnswers_Is501()
    {
        await using var rig = await StartAsync(setup => setup.Map("/x", Text("hi")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("FOO / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(501, (await client.ReadAsync()).Status);
        await client.SendAsync("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(404, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task OptionsAsterisk_IsAnsweredByTheServer()
    {
        await using var rig = await StartAsync(setup => setup.Use((_, _, _) => throw new InvalidOperationException("not for a pipeline")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal((204, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"), (response.Status, response["Allow"]));
    }

    [Fact]
    public async Task Timeout_NothingComes_Closes()
    {
        await using var rig = await StartAsync(setup => setup.Limits.RequestHeadTimeout = Soon);
        using var client = await rig.ConnectAsync();
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Timeout_HalfAHead_Is408()
    {
        await using var rig = await StartAsync(setup => setup.Limits.RequestHeadTimeout = Soon);
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost:");
        var response = await client.ReadAsync();
        Assert.Equal((408, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Timeout_Body_Is408()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestBodyTimeout = Soon;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
        var response = await client.ReadAsync();
        Assert.Equal((408, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Timeout_DrainedBody_Closes()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestBodyTimeout = Soon;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab");
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Timeout_KeepAlive_Closes()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.KeepAliveTimeout = Soon;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal("hi", (await client.GetAsync("/")).Text);
        await client.AssertClosedAsync();
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Timeout_Write_EndsTheConnection()
    {
        var ended = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.ResponseWriteTimeout = Soon;
            setup.Map("/", async (context, cancellation) =>
            {
                try
                {
                    var block = new byte[1_000_000];
                    for (var index = 0; index < 100; index++)
                    {
                        await context.Response.Body.WriteAsync(block, cancellation);
                    }
                }
                finally
                {
                    ended.SetResult();
                }
            });
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await ended.Task.WaitAsync(client.Token);
        await rig.WaitUntilIdleAsync();
        Assert.False((await client.ReadToWhateverEndAsync()).InOrder);
    }

    [Fact]
    public async Task Reset_ByTheClient_CancelsTheRequest()
    {
        var reached = NewSignal();
        var cancelled = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/", async (_, cancellation) =>
        {
            reached.SetResult();
            await WaitForCancellationAsync(cancelled, cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task.WaitAsync(client.Token);
        client.Reset();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task HalfClose_HandlerThatHasNotStarted_IsCancelledAfterItsTime()
    {
        var reached = NewSignal();
        var cancelled = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.HalfCloseTimeout = Soon;
            setup.Map("/", (_, cancellation) =>
            {
                reached.SetResult();
                return WaitForCancellationAsync(cancelled, cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        client.ShutdownSend();
        await cancelled.Task.WaitAsync(client.Token);
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task HalfClose_HandlerThatHasStarted_GoesOn()
    {
        var go = NewSignal();
        var started = NewSignal();
        var reached = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.HalfCloseTimeout = TimeSpan.FromMilliseconds(1);
            setup.Map("/", async (context, cancellation) =>
            {
                await context.Response.Body.FlushAsync(cancellation);
                started.SetResult();
                await go.Task;
                await context.Response.Body.WriteAsync("late"u8.ToArray(), cancellation);
            });
            setup.Map("/short", (_, cancellation) =>
            {
                reached.SetResult();
                return WaitForCancellationAsync(NewSignal(), cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var answer = client.ReadAsync();
        await started.Task;
        client.ShutdownSend();

        // Another one whose time passes meanwhile.
        using var other = await rig.ConnectAsync();
        await other.SendAsync("GET /short HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        other.ShutdownSend();
        await other.ReadToWhateverEndAsync();
        go.SetResult();
        Assert.Equal("late", (await answer).Text);
    }

    [Fact]
    public async Task Stop_IdleConnections_AreClosed()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        Assert.True(await rig.Http.StopAsync(TimeSpan.FromSeconds(20)));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Stop_RequestThatHasCome_IsServedAllTheSame()
    {
        for (var round = 0; round < 20; round++)
        {
            await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
            using var client = await rig.ConnectAsync();
            Assert.Equal(200, (await client.GetAsync("/")).Status);
            await IdleAsync(rig, 1);
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            var stopping = rig.Http.StopAsync(TimeSpan.FromSeconds(20));
            Assert.Equal("hi", (await client.ReadAsync()).Text);
            await client.AssertClosedAsync();
            client.ShutdownSend();
            Assert.True(await stopping);
        }
    }

    [Fact]
    public async Task Stop_RunningRequests_FinishWithClose()
    {
        var reached = NewSignal();
        var go = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            reached.SetResult();
            await go.Task;
            await context.Response.WriteTextAsync("done", cancellation: cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        var stopping = rig.Http.StopAsync(TimeSpan.FromSeconds(20));
        Assert.True(rig.Http.IsStopping);
        go.SetResult();
        var response = await client.ReadAsync();
        Assert.Equal("done", response.Text);
        Assert.True(await stopping);
    }

    [Fact]
    public async Task Stop_AtTheDeadline_CancelsTheRest()
    {
        var reached = NewSignal();
        var cancelled = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/", (_, cancellation) =>
        {
            reached.SetResult();
            return WaitForCancellationAsync(cancelled, cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        Assert.False(await rig.Http.StopAsync(TimeSpan.FromMilliseconds(10)));
        await cancelled.Task.WaitAsync(client.Token);
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Cut_AtEveryByte_LeavesNothingBehind()
    {
        const string Request = "\r\nPOST /echo?a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX: 1\r\n\r\n";
        await using var rig = await StartAsync(setup => setup.Map("/echo", EchoAsync));
        for (var cut = 0; cut < Request.Length; cut++)
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync(Request[..cut]);
            client.ShutdownSend();
            var (octets, _) = await client.ReadToWhateverEndAsync();
            Assert.True(octets.Length == 0 || octets.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), octets);
        }

        using var last = await rig.ConnectAsync();
        await last.SendAsync(Request);
        Assert.Equal("abc", (await last.ReadAsync()).Text);
        last.Dispose();
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task InTwoPieces_CutAtEveryByte_IsTheSame()
    {
        const string Request = "POST /echo?a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX: 1\r\n\r\n";
        await using var rig = await StartAsync(setup => setup.Map("/echo", EchoAsync));
        using var client = await rig.ConnectAsync();
        for (var cut = 1; cut < Request.Length; cut++)
        {
            await client.SendAsync(Request[..cut]);
            await client.SendAsync(Request[cut..]);
            Assert.Equal("abc", (await client.ReadAsync()).Text);
        }
    }

    private static async Task WaitForCancellationAsync(TaskCompletionSource cancelled, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        finally
        {
            cancelled.SetResult();
        }
    }
}
