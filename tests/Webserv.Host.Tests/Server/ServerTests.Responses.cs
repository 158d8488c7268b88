using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>What middleware do to a response, rightly and wrongly.</summary>
public abstract partial class ServerTests
{
    [Fact]
    public async Task Throw_BeforeTheStart_Is500AndKept()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/throw", (context, _) =>
            {
                context.Response.Headers["X-Before"] = "1";
                throw new InvalidOperationException("secret");
            });
            setup.Map("/later", async (context, cancellation) =>
            {
                await context.Response.Body.WriteAsync("written"u8.ToArray(), cancellation);
                await Task.Yield();
                throw new InvalidOperationException("secret");
            });
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        foreach (var path in new[] { "/throw", "/later" })
        {
            var response = await client.GetAsync(path);
            Assert.Equal((500, null), (response.Status, response["X-Before"]));
            Assert.DoesNotContain("secret", response.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("written", response.Text, StringComparison.Ordinal);
        }

        Assert.Equal("hi", (await client.GetAsync("/")).Text);
        Assert.Equal(2, rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error).Count());
    }

    [Fact]
    public async Task Throw_AfterTheStart_CutsTheConnection()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await StreamAsync(context, cancellation);
            throw new InvalidOperationException("late");
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var (octets, _) = await client.ReadToWhateverEndAsync();
        Assert.False(octets.EndsWith("0\r\n\r\n", StringComparison.Ordinal), "a cut answer looks whole");
    }

    [Fact]
    public async Task Throw_AfterTheStartOfAnAnswerToTheEnd_IsNoOrderlyEnd()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await StreamAsync(context, cancellation);
            throw new InvalidOperationException("late");
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        Assert.False((await client.ReadToWhateverEndAsync()).InOrder);
    }

    [Fact]
    public async Task HttpException_BecomesItsStatusWithItsFields()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (_, _) =>
            throw new HttpException(429, "reason for the log") { Headers = { ["Retry-After"] = "7" } }));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal((429, "7"), (response.Status, response["Retry-After"]));
            Assert.DoesNotContain("reason for the log", response.Text, StringComparison.Ordinal);
        }

        Assert.Empty(rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error));
    }

    [Fact]
    public async Task HttpException_FieldOfTwoValues_IsSentAsTwoLines()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (_, _) =>
            throw new HttpException(401) { Headers = { ["WWW-Authenticate"] = new[] { "Basic realm=\"a\"", "Bearer" } } }));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/");
        Assert.Equal(401, response.Status);
        Assert.Equal(
            ["WWW-Authenticate: Basic realm=\"a\"", "WWW-Authenticate: Bearer"],
            response.Head.Split("\r\n").Where(line => line.StartsWith("WWW-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task User_SetByAMiddleware_IsThatOfItsRequestAlone()
    {
        var users = new List<string?>();
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            var feature = context.GetFeature<IUserFeature>()!;
            users.Add(feature.User?.Name);
            feature.User = new System.Security.Principal.GenericIdentity("ann");
            users.Add(context.GetFeature<IUserFeature>()!.User?.Name);
            return Task.CompletedTask;
        }));
        using var client = await rig.ConnectAsync();
        await client.GetAsync("/");
        await client.GetAsync("/");
        Assert.Equal([null, "ann", null, "ann"], users);
    }

    [Theory]
    [InlineData(5, "abc")]
    [InlineData(2, "abc")]
    public async Task ContentLength_WrongBeforeTheStart_Is500(int declared, string body)
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            context.Response.ContentLength = declared;
            await context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(body), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/")).Status);
        Assert.Equal(500, (await client.GetAsync("/")).Status);
    }

    [Theory]
    [InlineData(5, "abc")]
    [InlineData(2, "abc")]
    public async Task ContentLength_WrongAfterTheStart_CutsTheConnection(int declared, string body)
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            context.Response.ContentLength = declared;
            await context.Response.Body.FlushAsync(cancellation);
            await context.Response.Body.WriteAsync(System.Text.Encoding.ASCII.GetBytes(body), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var (octets, _) = await client.ReadToWhateverEndAsync();
        Assert.DoesNotContain("abc", octets, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnStarting_RunsLastFirstAndMaySetFields()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Use(async (context, next, cancellation) =>
            {
                context.Response.OnStarting(() => Append(context, "first"));
                context.Response.OnStarting(() => Append(context, "second"));
                await next(context, cancellation);
            });
            setup.Map("/text", Text("hi"));
            setup.Map("/stream", StreamAsync);
            setup.Map("/empty", (_, _) => Task.CompletedTask);
        });
        using var client = await rig.ConnectAsync();
        foreach (var path in new[] { "/text", "/stream", "/empty", "/missing" })
        {
            Assert.Equal("second, first", (await client.GetAsync(path))["X-Order"]);
        }

        static Task Append(IHttpContext context, string value)
        {
            context.Response.Headers.Append("X-Order", value);
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100_000)]
    public async Task OnStarting_ThatWritesItself_IsOneAnswer(int length)
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/", async (context, cancellation) =>
            {
                context.Response.OnStarting(async () =>
                {
                    await context.Response.Body.WriteAsync(new byte[length], cancellation);
                    await context.Response.Body.FlushAsync(cancellation);
                });
                await context.Response.Body.WriteAsync("behind"u8.ToArray(), cancellation);
                await context.Response.Body.FlushAsync(cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal((200, length + 6), (response.Status, response.Text.Length));
        }
    }

    [Theory]
    [InlineData("/status", 404, "404 text/html; charset=utf-8")]
    [InlineData("/exception", 500, "500 text/html; charset=utf-8")]
    [InlineData("/length", 500, "500 text/html; charset=utf-8")]
    [InlineData("/length-inline", 500, "500 text/html; charset=utf-8")]
    [InlineData("/callback", 500, "500 text/html; charset=utf-8")]
    [InlineData("/redirect", 404, "404 text/html; charset=utf-8")]
    [InlineData("/not-modified", 304, "304 text/html; charset=utf-8")]
    [InlineData("/field", 500, "500 text/html; charset=utf-8")]
    public async Task OnStarting_AnswerBecomesAnError_SetsItsFieldsAllTheSame(string path, int status, string seen)
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Use((context, next, cancellation) =>
            {
                var response = context.Response;
                response.OnStarting(() =>
                {
                    response.Headers.Append("X-Filter", $"{response.StatusCode} {response.Headers["Content-Type"]}");
                    return Task.CompletedTask;
                });
                return next(context, cancellation);
            });
            setup.Map("/status", (_, _) => throw new HttpException(404));
            setup.Map("/exception", async (context, cancellation) =>
            {
                context.Response.Headers["X-Lost"] = "1";
                await context.Response.Body.WriteAsync("lost"u8.ToArray(), cancellation);
                throw new InvalidOperationException("no");
            });
            setup.Map("/length", WrongLength, isInline: false);
            setup.Map("/length-inline", WrongLength, isInline: true);
            setup.Map("/callback", (context, _) =>
            {
                // What runs last is registered first: the one behind has run by the time that the other throws.
                context.Response.OnStarting(() => throw new InvalidOperationException("no"));
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers["X-Behind"] = "1";
                    return Task.CompletedTask;
                });
                return Task.CompletedTask;
            });
            setup.Map("/redirect", (context, cancellation) => context.GetFeature<ILocalRedirectFeature>()!.RedirectAsync("/status", cancellation));
            setup.Map("/not-modified", (_, _) => throw new HttpException(304));
            setup.Map("/field", (_, _) => throw new HttpException(404) { Headers = { ["X"] = "a\nb" } });
        });
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync(path);
            Assert.Equal((status, seen, null), (response.Status, response["X-Filter"], response["X-Lost"]));
            Assert.Equal(path == "/callback" ? "1" : null, response["X-Behind"]);
        }

        static Task WrongLength(IHttpContext context, CancellationToken cancellation)
        {
            context.Response.ContentLength = 5;
            return context.Response.Body.WriteAsync("four"u8.ToArray(), cancellation).AsTask();
        }
    }

    [Theory]
    [InlineData("/missing", 404)]
    [InlineData("/status", 403)]
    public async Task OnStarting_ConfiguredPageIsMissing_SetsItsFieldsAllTheSame(string path, int status)
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.ErrorPages[404] = "/gone";
            setup.ErrorPages[403] = "/gone";
            setup.Use((context, next, cancellation) =>
            {
                if (context.Request.Path != "/gone")
                {
                    context.Response.OnStarting(() =>
                    {
                        context.Response.Headers["X-Filter"] = "1";
                        return Task.CompletedTask;
                    });
                }

                return next(context, cancellation);
            });
            setup.Map("/status", (_, _) => throw new HttpException(403));
            setup.Map("/gone", (_, _) => throw new HttpException(410));
        });
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync(path);
        Assert.Equal((status, "1"), (response.Status, response["X-Filter"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnStarting_ThatThrowsForEveryAnswer_Is500AndHarmsNoOther(bool isConfigured)
    {
        await using var rig = await StartAsync(setup =>
        {
            if (isConfigured)
            {
                setup.ErrorPages[500] = "/page";
            }

            setup.Use((context, next, cancellation) =>
            {
                context.Response.OnStarting(Throw);
                return next(context, cancellation);

                Task Throw()
                {
                    context.Response.OnStarting(Throw);
                    throw new InvalidOperationException("no");
                }
            });
            setup.Map("/page", Text("page"));
            setup.Map("/status", (_, _) => throw new HttpException(404));
            setup.Map("/", (_, _) => Task.CompletedTask);
        });
        using var client = await rig.ConnectAsync();
        foreach (var path in new[] { "/", "/status", "/", "/missing" })
        {
            Assert.Equal(500, (await client.GetAsync(path)).Status);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OnStarting_WritesWhereAPageAnswers_ThePageIsWhole(bool flushes)
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Use((context, next, cancellation) =>
            {
                context.Response.OnStarting(async () =>
                {
                    if (flushes)
                    {
                        await context.Response.Body.FlushAsync(cancellation);
                    }
                    else
                    {
                        await context.Response.Body.WriteAsync("lost"u8.ToArray(), cancellation);
                    }
                });
                return next(context, cancellation);
            });
            setup.Map("/", (_, _) => throw new HttpException(404));
        });
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var response = await client.GetAsync("/", "Accept: text/plain\r\n");
            Assert.Equal((404, "404 Not Found\n"), (response.Status, response.Text));
        }
    }

    [Fact]
    public async Task OnStarting_ThatThrows_Is500()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            context.Response.OnStarting(() => throw new InvalidOperationException("no"));
            return Task.CompletedTask;
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal(500, (await client.GetAsync("/")).Status);
        Assert.Equal(500, (await client.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Started_StatusAndFields_CanNoLongerChange()
    {
        var thrown = new List<Exception?>();
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await context.Response.Body.FlushAsync(cancellation);
            var response = context.Response;
            Assert.True(response.HasStarted);
            thrown.Add(Record.Exception(() => response.StatusCode = 201));
            thrown.Add(Record.Exception(() => response.ContentLength = 1));
            thrown.Add(Record.Exception(() => response.Headers["X"] = "1"));
            thrown.Add(Record.Exception(() => response.Headers.Append("X", "1")));
            thrown.Add(Record.Exception(() => response.OnStarting(() => Task.CompletedTask)));
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        Assert.Equal(5, thrown.Count);
        Assert.All(thrown, exception => Assert.IsType<InvalidOperationException>(exception));
    }

    [Theory]
    [InlineData("X", "a\r\nSet-Cookie: b")]
    [InlineData("X", "a\rb")]
    [InlineData("X", "a\nb")]
    [InlineData("X", "a\0b")]
    [InlineData("X", "a\u0100b")]
    [InlineData("X", "\u560D\u560A")]
    [InlineData("X\r\nY", "a")]
    [InlineData("X: ", "a")]
    [InlineData("X Y", "a")]
    [InlineData("", "a")]
    public async Task Fields_ThatWouldSplitTheResponse_Throw(string name, string value)
    {
        var thrown = new List<Exception?>();
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            thrown.Add(Record.Exception(() => context.Response.Headers[name] = value));
            thrown.Add(Record.Exception(() => context.Response.Headers[name] = new[] { "fine", value }));
            thrown.Add(Record.Exception(() => context.Response.Headers.Append(name, value)));
            return Task.CompletedTask;
        }));
        var answer = await rig.ExchangeAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.DoesNotContain("Set-Cookie", answer, StringComparison.Ordinal);
        Assert.Equal(3, thrown.Count);
        Assert.All(thrown, exception => Assert.IsType<ArgumentException>(exception));
    }

    [Fact]
    public async Task Fields_OfTheServer_CannotBeSetPastIt()
    {
        var thrown = new List<Exception?>();
        await using var rig = await StartAsync(setup => setup.Map("/", (context, cancellation) =>
        {
            thrown.Add(Record.Exception(() => context.Response.Headers["Transfer-Encoding"] = "chunked"));
            thrown.Add(Record.Exception(() => context.Response.Headers["Keep-Alive"] = "timeout=5"));
            thrown.Add(Record.Exception(() => context.Response.Headers.Append("connection", "keep-alive")));
            context.Response.Headers["Server"] = "mine";
            thrown.Add(Record.Exception(() => context.Response.Headers["Keep-Alive"] = default));
            Assert.False(context.Response.Headers.Contains("Content-Length"));
            context.Response.Headers["Content-Length"] = "2";
            Assert.True(context.Response.Headers.Contains("Content-Length"));
            Assert.Equal("2", context.Response.Headers["content-length"]);
            return context.Response.Body.WriteAsync("hi"u8.ToArray(), cancellation).AsTask();
        }));
        using var client = await rig.ConnectAsync();
        var response = await client.GetAsync("/");
        Assert.Equal(("mine", "2", "hi"), (response["Server"], response["Content-Length"], response.Text));
        Assert.All(thrown, exception => Assert.IsType<InvalidOperationException>(exception));
    }

    [Fact]
    public async Task ReadLeftBehind_EndsTheConnectionAndHarmsNoOther()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/leave", (context, cancellation) =>
            {
                _ = context.Request.Body.ReadAsync(new byte[10], cancellation).AsTask();
                return Task.CompletedTask;
            });
            setup.Map("/echo", EchoAsync);
        });
        for (var round = 0; round < 10; round++)
        {
            using var bad = await rig.ConnectAsync();
            await bad.SendAsync("POST /leave HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
            Assert.False((await bad.ReadToWhateverEndAsync()).InOrder);
            using var good = await rig.ConnectAsync();
            Assert.Equal("abcdef", (await good.PostAsync("/echo", "abcdef")).Text);
        }

        Assert.Equal(10, rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error).Count());
    }

    [Fact]
    public async Task WriteLeftBehind_EndsTheConnectionAndHarmsNoOther()
    {
        var reached = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/leave", (context, cancellation) =>
            {
                // More than the buffers of the way take, and nobody reads it.
                context.Response.ContentLength = 20_000_000;
                _ = context.Response.Body.WriteAsync(new byte[20_000_000], cancellation).AsTask();
                reached.SetResult();
                return Task.CompletedTask;
            });
            setup.Map("/", Text("hi"));
        });
        using var bad = await rig.ConnectAsync();
        await bad.SendAsync("GET /leave HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        await rig.WaitUntilIdleAsync();
        using var good = await rig.ConnectAsync();
        Assert.Equal("hi", (await good.GetAsync("/")).Text);
        Assert.False((await bad.ReadToWhateverEndAsync()).InOrder);
    }
}
