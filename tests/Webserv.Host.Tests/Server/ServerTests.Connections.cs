namespace Webserv.Host.Tests.Server;

/// <summary>Keep-alive, pipelining, versions, ends of connections.</summary>
public abstract partial class ServerTests
{
    [Fact]
    public async Task KeepAlive_ManyRequests_UseOneConnection()
    {
        await using var rig = await StartAsync(setup => setup.Use((context, _, cancellation) => PathAsync(context, cancellation)));
        using var client = await rig.ConnectAsync();
        for (var index = 0; index < 20; index++)
        {
            var response = await client.GetAsync($"/{index}");
            Assert.Equal((200, $"/{index}", null), (response.Status, response.Text, response["Connection"]));
            Assert.Equal("webserv", response["Server"]);
            Assert.True(DateTimeOffset.TryParseExact(response["Date"], "R", null, default, out _));
        }

        Assert.Equal(1, rig.Http.ConnectionCount);
    }

    [Fact]
    public async Task Close_Requested_IsAnsweredAndDone()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/", "Connection: close\r\n");
        Assert.Equal("close", response["Connection"]);
        await client.AssertClosedAsync();
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Close_FromMiddleware_IsAnsweredAndDone()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            context.Response.Headers["Connection"] = "close";
            return Task.CompletedTask;
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal("close", (await client.GetAsync("/"))["Connection"]);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Http10_WithoutKeepAlive_CloseIsTheEnd()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        var answer = await rig.ExchangeAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhi", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Http10_WithKeepAlive_IsKept()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            await client.SendAsync("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            var response = await client.ReadAsync();
            Assert.Equal(("keep-alive", "hi"), (response["Connection"], response.Text));
        }
    }

    [Fact]
    public async Task Http10_BodyWithoutLength_EndsWithTheConnection()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", StreamAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal((null, null, "close", "onetwo"), (response["Transfer-Encoding"], response["Content-Length"], response["Connection"], response.Text));
    }

    [Fact]
    public async Task Http11_BodyWithoutLength_IsChunked()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", StreamAsync));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal(("chunked", null, "onetwo"), (response["Transfer-Encoding"], response["Content-Length"], response.Text));
        }
    }

    [Fact]
    public async Task Body_ThatEndsBeforeTheStart_GetsItsLength()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await context.Response.Body.WriteAsync("one"u8.ToArray(), cancellation);
            await context.Response.Body.WriteAsync("two"u8.ToArray(), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/");
        Assert.Equal(("6", "onetwo"), (response["Content-Length"], response.Text));
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(1_000_000)]
    public async Task Body_OfAnySize_ArrivesWhole(int size)
    {
        var body = new byte[size];
        new Random(size).NextBytes(body);
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            for (var at = 0; at < body.Length; at += 7001)
            {
                await context.Response.Body.WriteAsync(body.AsMemory(at, Math.Min(7001, body.Length - at)), cancellation);
            }
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal(body, (await client.GetAsync("/")).Body);
        Assert.Equal(body, (await client.GetAsync("/")).Body);
    }

    [Fact]
    public async Task Head_SameFields_NoBody()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/text", Text("hello"));
            setup.Map("/stream", StreamAsync);
        });
        using var client = await rig.ConnectAsync();
        foreach (var path in new[] { "/text", "/stream", "/missing", "/text" })
        {
            await client.SendAsync($"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            var head = await client.ReadAsync(toHead: true);
            var get = await client.GetAsync(path);
            Assert.Equal(get.Status, head.Status);
            Assert.Equal(get["Content-Type"], head["Content-Type"]);
            if (path == "/text")
            {
                Assert.Equal(get["Content-Length"], head["Content-Length"]);
            }
        }
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task StatusWithoutBody_WhatIsWritten_IsThrownAway(int status)
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            context.Response.StatusCode = status;
            await context.Response.Body.WriteAsync("never"u8.ToArray(), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal(status, response.Status);
            Assert.Null(response["Transfer-Encoding"]);
            if (status == 204)
            {
                Assert.Null(response["Content-Length"]);
            }
        }
    }

    [Fact]
    public async Task Pipelined_ManyRequests_AreAnsweredInOrder()
    {
        await using var rig = await StartAsync(setup => setup.Use((context, _, cancellation) => PathAsync(context, cancellation)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(string.Concat(Enumerable.Range(0, 500).Select(index => $"GET /{index} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (var index = 0; index < 500; index++)
        {
            Assert.Equal($"/{index}", (await client.ReadAsync()).Text);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Pipelined_SlowOneInTheMiddle_OrderIsKeptAndTheFirstIsNotHeldBack(bool isSlowInline)
    {
        var release = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/slow", async (context, cancellation) =>
            {
                await release.Task;
                await PathAsync(context, cancellation);
            }, isInline: isSlowInline);
            setup.Use((context, _, cancellation) => PathAsync(context, cancellation), isInline: true);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(string.Concat(new[] { "/1", "/slow", "/2" }.Select(path => $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n")));

        // What is gathered goes out before a middleware that may wait.
        Assert.Equal("/1", (await client.ReadAsync()).Text);
        release.SetResult();
        Assert.Equal("/slow", (await client.ReadAsync()).Text);
        Assert.Equal("/2", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Pipelined_AnswerThatIsCutBehindAWholeOne_LeavesThatWhole()
    {
        var whole = new byte[50_000];
        new Random(1).NextBytes(whole);
        var isCut = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/whole", async (context, cancellation) =>
            {
                context.Response.ContentLength = whole.Length;
                await context.Response.Body.WriteAsync(whole, cancellation);
            });
            setup.Map("/cut", async (context, cancellation) =>
            {
                context.Response.ContentLength = 1000;
                await context.Response.Body.WriteAsync(new byte[10], cancellation);
                await context.Response.Body.FlushAsync(cancellation);
                isCut.SetResult();
                throw new InvalidOperationException("cut");
            });
        });

        // A client whose system confirms little of what it has not read.
        using var client = await rig.ConnectAsync(receiveBuffer: 4096);
        await client.SendAsync("GET /whole HTTP/1.1\r\nHost: a\r\n\r\nGET /cut HTTP/1.1\r\nHost: a\r\n\r\n");
        if (Kind != RigKind.Memory)
        {
            await isCut.Task.WaitAsync(client.Token);
            await ServerRig.WaitAsync(() => rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error).Any(), () => "nothing was cut");
        }

        Assert.True((await client.ReadAsync()).Body.AsSpan().SequenceEqual(whole));
        var (octets, _) = await client.ReadToWhateverEndAsync();
        Assert.True(octets.Length == 0 || (octets.StartsWith("HTTP/1.1 200 OK\r\n", StringComparison.Ordinal) && octets.Length < 1000), octets);
        Assert.Single(rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error));
    }

    [Fact]
    public async Task Pipelined_BodiesBetween_AreTakenApart()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/echo", EchoAsync);
            setup.Map("/path", PathAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(
            "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
            + "POST /path HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nGET"
            + "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\nX: 1\r\n\r\n"
            + "POST /path HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ndef\r\n0\r\n\r\n"
            + "\r\nGET /path HTTP/1.1\r\nHost: a\r\n\r\n");
        foreach (var text in new[] { "abc", "/path", "def", "/path", "/path" })
        {
            Assert.Equal(text, (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task Pipelined_MalformedAfterAGoodOne_BothAreAnswered()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        var answer = await rig.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal(2, answer.Split("HTTP/1.1 ").Length - 1);
        Assert.Contains("HTTP/1.1 400 Bad Request\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmptyLines_OneIsIgnoredTwoAreMalformedHoweverTheyCome()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        foreach (var together in new[] { true, false })
        {
            using var client = await rig.ConnectAsync();
            Assert.Equal("hi", (await client.GetAsync("/")).Text);
            await client.SendAsync("\r\n");
            Assert.Equal("hi", (await client.GetAsync("/")).Text);
            foreach (var piece in together ? ["\r\n\r\n"] : new[] { "\r\n", "\r\n" })
            {
                await client.SendAsync(piece);
            }

            Assert.Equal(400, (await client.GetAsync("/")).Status);
        }
    }

    [Fact]
    public async Task HalfClosed_ClientGetsItsAnswers()
    {
        await using var rig = await StartAsync(setup => setup.Use((context, _, cancellation) => PathAsync(context, cancellation)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.ShutdownSend();
        Assert.Equal("/1", (await client.ReadAsync()).Text);
        Assert.Equal("/2", (await client.ReadAsync()).Text);
        await client.AssertClosedAsync();
    }

    private static async Task StreamAsync(Webserv.Abstractions.Http.IHttpContext context, CancellationToken cancellation)
    {
        await context.Response.Body.WriteAsync("one"u8.ToArray(), cancellation);
        await context.Response.Body.FlushAsync(cancellation);
        await context.Response.Body.WriteAsync("two"u8.ToArray(), cancellation);
        await context.Response.Body.FlushAsync(cancellation);
    }
}
