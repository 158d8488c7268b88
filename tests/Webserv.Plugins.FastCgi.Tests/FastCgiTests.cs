using System.Text;
using Microsoft.Extensions.Time.Testing;
using Webserv.Plugins.Cgi.Tests.Fixtures;
using Webserv.Plugins.FastCgi.Tests.Fixtures;
using Webserv.Testing.Http;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>What the client does with a program whose every byte is the test's.</summary>
public sealed class FastCgiTests
{
    private const string Hello = "Content-Type: text/plain\n\nhello";

    [Fact(Timeout = 20_000)]
    public async Task Invoke_Request_ArrivesWholeAndIsAnswered()
    {
        FakeRequest? seen = null;
        await using var program = FakeProgram.Answering(request =>
        {
            seen = request;
            return "Status: 201 Made\r\nX-A: b\r\n\r\nhello";
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => options.Environment["EXTRA"] = "e");
        var response = await site.SendAsync(TestHttpContext.Post("/a/b?c=d").WithBody("the body").WithHeader("X-Long", new string('x', 300)));
        Assert.Equal((201, "hello", "b"), (response.StatusCode, response.BodyText, response.Headers["X-A"].ToString()));
        Assert.Equal((1, 1), (seen!.Role, seen.Flags));
        Assert.Equal("the body", Encoding.UTF8.GetString(seen.Body.ToArray()));
        var variables = seen.Variables;
        Assert.Equal(
            ("POST", "/a/b", "c=d", "8", new string('x', 300), "e"),
            (variables["REQUEST_METHOD"], variables["PATH_INFO"], variables["QUERY_STRING"], variables["CONTENT_LENGTH"], variables["HTTP_X_LONG"], variables["EXTRA"]));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_SeveralRequests_UseOneConnection()
    {
        await using var program = FakeProgram.Answering(static _ => Hello);
        await using var site = await GatewaySite.FastCgiAsync(program);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await site.GetTextAsync("/"));
        }

        Assert.Equal(1, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_WithoutKeepAlive_UsesAConnectionEach()
    {
        await using var program = FakeProgram.Answering(static _ => Hello);
        await using var site = await GatewaySite.FastCgiAsync(program, static options => options.KeepAliveTimeout = TimeSpan.Zero);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(2, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_AnswerInPiecesOfAnySize_IsTheSame()
    {
        byte[] answer = [.. FakeConnection.Record(7, 1, "a warning\n"u8.ToArray(), 5), .. FakeConnection.Answer(1, Hello)];
        await using var program = new FakeProgram(async (connection, _) =>
        {
            for (var size = 1; await connection.ReadRequestAsync() is not null; size += 3)
            {
                for (var i = 0; i < answer.Length; i += size)
                {
                    await connection.WriteAsync(answer[i..Math.Min(i + size, answer.Length)]);
                    await Task.Yield();
                }
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await site.GetTextAsync("/"));
        }

        Assert.Equal(5, site.Log.Count(static line => line.EndsWith("stderr: a warning", StringComparison.Ordinal)));
        Assert.Equal(1, program.Connections);
    }

    public static TheoryData<string, string, string> BadAnswers => new()
    {
        { "nothing", "", "the program closed the connection" },
        { "half a header", "01 06 00", "in the middle of a record" },
        { "half a record", "01 06 00 01 00 08 00 00 41", "in the middle of a record" },
        { "HTTP", Convert.ToHexString("HTTP/1.1 200 OK"u8), "version 72" },
        { "another request", Hex(FakeConnection.Answer(2, Hello)), "request 2, which is none" },
        { "unknown type", Hex(FakeConnection.Record(12, 1, [], 0)), "type 12" },
        { "a server's record", Hex(FakeConnection.Record(5, 1, [], 0)), "type 5" },
        { "management of another kind", Hex(FakeConnection.Record(6, 0, [1], 0)), "belongs to no request" },
        { "more of an ended stream", Hex([.. FakeConnection.Record(6, 1, [], 0), .. FakeConnection.Record(6, 1, [65], 0)]), "had ended" },
        { "short end", Hex(FakeConnection.Record(3, 1, [0, 0, 0, 0], 0)), "END_REQUEST of 4 bytes" },
        { "no answer", Hex(FakeConnection.End(1)), "without any output" },
        { "no header block", Hex(FakeConnection.Answer(1, "hello")), "header block" },
        { "overloaded", Hex(FakeConnection.End(1, status: 2)), "overloaded" },
        { "no responder", Hex(FakeConnection.End(1, status: 3)), "no Responder" },
        { "unknown status", Hex(FakeConnection.End(1, status: 9)), "status 9" },
        { "cut off before the end", Hex(FakeConnection.Record(6, 1, "A: b\n"u8.ToArray(), 0)), "closed the connection" },
    };

    [Theory(Timeout = 20_000)]
    [MemberData(nameof(BadAnswers))]
    public async Task Invoke_BadAnswer_Is502AndLoggedAndTheNextIsFine(string what, string hex, string reason)
    {
        Assert.NotEmpty(what);
        await using var program = new FakeProgram(async (connection, number) =>
        {
            if (number > 0)
            {
                var request = await connection.ReadRequestAsync();
                await connection.AnswerAsync(request!.Id, Hello);
                return;
            }

            await connection.ReadRequestAsync();
            await connection.WriteAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
            connection.Dispose();
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => options.KeepAliveTimeout = TimeSpan.Zero);
        Assert.Equal(502, (await site.GetAsync("/x")).StatusCode);
        Assert.Contains(site.Log, line => line.Contains("bad answer", StringComparison.Ordinal) && line.Contains(reason, StringComparison.Ordinal));
        Assert.Equal("hello", await site.GetTextAsync("/"));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_MoreAfterTheEnd_IsNotTheNextRequests()
    {
        await using var program = new FakeProgram(async (connection, number) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.WriteAsync([.. FakeConnection.Answer(request!.Id, Hello), .. number == 0 ? FakeConnection.Answer(request.Id, "A: b\n\nevil") : []]);
            await connection.ReadRequestAsync();
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(2, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ClosedInTheMiddleOfTheBody_BreaksTheAnswer()
    {
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.WriteAsync(6, request!.Id, "A: b\n\n" + new string('x', 60_000));
            await connection.WriteAsync(6, request.Id, new string('x', 60_000));
            connection.Dispose();
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        var context = TestHttpContext.Get("/");
        await Assert.ThrowsAnyAsync<Exception>(() => site.SendAsync(context));
        Assert.False(context.Response.IsComplete);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_KeptConnectionClosedMeanwhile_IsRetriedOnANewOne()
    {
        await using var program = new FakeProgram(async (connection, number) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, Hello);
            if (number == 0)
            {
                await connection.ReadRequestAsync(); // Takes it, and says nothing.
                connection.Dispose();
            }
            else
            {
                Assert.Null(await connection.ReadRequestAsync());
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(2, program.Connections);
        Assert.Contains(site.Log, static line => line.Contains("tried again", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_KeptConnectionClosedWithABodySent_IsNotRetried()
    {
        await using var program = new FakeProgram(async (connection, number) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, Hello);
            await connection.ReadRequestAsync();
            connection.Dispose();
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(502, (await site.SendAsync(TestHttpContext.Post("/").WithBody("x"))).StatusCode);
        Assert.Equal(1, program.Connections);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Invoke_TwentyMegabytesBothWays_AreTheSame(bool chunked)
    {
        const int Size = 20 << 20;
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var request = await connection.ReadRequestAsync();
            Assert.Equal($"{Size}", request!.Variables["CONTENT_LENGTH"]);
            await connection.WriteAsync(6, request.Id, "A: b\n\n");
            request.Body.Position = 0;
            var buffer = new byte[65_535];
            int count;
            while ((count = request.Body.Read(buffer)) > 0)
            {
                await connection.WriteAsync(FakeConnection.Record(6, request.Id, buffer[..count], 1));
            }

            await connection.WriteAsync(FakeConnection.End(request.Id));
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        await using var body = new PatternStream(Size);
        var response = await site.SendAsync(TestHttpContext.Post("/").WithBody(body, length: chunked ? null : Size).WithMaxBodySize(null));
        Assert.Equal(Size, response.BodyBytes.Length);
        Assert.Equal(PatternStream.At(Size - 1), response.BodyBytes[^1]);
        Assert.Equal(PatternStream.At(12_345_678), response.BodyBytes[12_345_678]);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_BothDirectionsAtOnce_DoNotWaitForEachOther()
    {
        // The program answers each piece of the body before it reads the next one.
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var begin = await connection.ReadAsync();
            while ((await connection.ReadAsync())!.Content.Length > 0)
            {
            }

            await connection.WriteAsync(6, begin!.Id, "A: b\n\n");
            FakeRecord record;
            while ((record = (await connection.ReadAsync())!).Content.Length > 0)
            {
                await connection.WriteAsync(FakeConnection.Record(6, begin.Id, record.Content, 0));
            }

            await connection.WriteAsync(FakeConnection.End(begin.Id));
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        await using var body = new PatternStream(3 << 20);
        Assert.Equal(3 << 20, (await site.SendAsync(TestHttpContext.Post("/").WithBody(body, length: 3 << 20).WithMaxBodySize(null))).BodyBytes.Length);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_AnswerBeforeTheBodyIsRead_EndsTheRequest()
    {
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var begin = await connection.ReadAsync();
            await connection.AnswerAsync(begin!.Id, "Status: 413 Too Much\n\nno");
            while (await connection.ReadAsync() is not null)
            {
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        using var body = new StallingStream(new byte[100]);
        var response = await site.SendAsync(TestHttpContext.Post("/").WithBody(body, length: 1_000_000));
        Assert.Equal((413, "no"), (response.StatusCode, response.BodyText));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_NeverAnswers_Is504AndAbortedAndClosed()
    {
        var time = new FakeTimeProvider();
        var aborted = new TaskCompletionSource<FakeRecord?>();
        var closed = new TaskCompletionSource<bool>();
        var arrived = new TaskCompletionSource();
        await using var program = new FakeProgram(async (connection, _) =>
        {
            await connection.ReadRequestAsync();
            arrived.SetResult();
            aborted.SetResult(await connection.ReadAsync());
            closed.SetResult(await connection.IsClosedAsync());
        });
        await using var site = await GatewaySite.FastCgiAsync(program, time: time);
        var request = site.GetAsync("/");
        await arrived.Task;
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(504, (await request).StatusCode);
        var abort = await aborted.Task;
        Assert.Equal((2, 1), ((int)abort!.Type, abort.Id));
        Assert.False(closed.Task.IsCompleted);
        while (!closed.Task.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        Assert.True(await closed.Task);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ClientLeaves_AbortsAndKeepsTheConnectionOfAProgramThatObeys()
    {
        var arrived = new TaskCompletionSource();
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var request = await connection.ReadRequestAsync();
            arrived.SetResult();
            Assert.Equal(2, (await connection.ReadAsync())!.Type);
            await connection.WriteAsync([.. FakeConnection.Record(6, request!.Id, "A: b\n\nlate"u8.ToArray(), 0), .. FakeConnection.End(request.Id)]);
            request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, Hello);
            await connection.ReadRequestAsync();
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => options.MaxConnections = 1);
        using var client = new CancellationTokenSource();
        var first = site.SendForAsync(TestHttpContext.Get("/"), client.Token);
        await arrived.Task;
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.Equal(1, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_EndlessAnswerAndSlowClient_IsHeldUp()
    {
        var written = 0L;
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.WriteAsync(6, request!.Id, "A: b\n\n");
            while (true)
            {
                await connection.WriteAsync(6, request.Id, new string('x', 10_000));
                Interlocked.Add(ref written, 10_000);
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program);
        using var client = new CancellationTokenSource();
        var stuck = new TaskCompletionSource();
        var context = TestHttpContext.Get("/");
        context.Response.OnStarting(async () =>
        {
            stuck.SetResult();
            await Task.Delay(Timeout.Infinite, client.Token);
        });
        var request = site.SendForAsync(context, client.Token);
        await stuck.Task;
        long before;
        do
        {
            before = Interlocked.Read(ref written);
            await Task.Delay(200, TestContext.Current.CancellationToken); // Until the socket's buffers are full.
        }
        while (Interlocked.Read(ref written) != before);

        Assert.True(before < 10_000_000, $"{before} bytes were taken of a program whose client reads nothing");
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_ProgramThatMultiplexes_GetsRequestsOnOneConnection()
    {
        await using var program = new FakeProgram(
            async (connection, _) =>
            {
                var alone = await connection.ReadRequestAsync();
                await connection.AnswerAsync(alone!.Id, Hello);
                var first = await connection.ReadRequestAsync();
                var second = await connection.ReadRequestAsync();
                Assert.NotEqual(first!.Id, second!.Id);
                byte[] mixed =
                [
                    .. FakeConnection.Record(6, second.Id, "A: b\n\n"u8.ToArray(), 1), .. FakeConnection.Record(6, first.Id, "A: b\n\n"u8.ToArray(), 7),
                    .. FakeConnection.Record(6, first.Id, Encoding.UTF8.GetBytes(first.Variables["PATH_INFO"]), 0),
                    .. FakeConnection.Record(6, second.Id, Encoding.UTF8.GetBytes(second.Variables["PATH_INFO"]), 0),
                    .. FakeConnection.End(first.Id), .. FakeConnection.End(second.Id),
                ];
                await connection.WriteAsync(mixed);
                await connection.ReadRequestAsync();
            },
            values: "1");
        await using var site = await GatewaySite.FastCgiAsync(program);
        await UntilAsync(() => site.Log.Any(static line => line.Contains("32 on a connection", StringComparison.Ordinal)));
        Assert.Equal("hello", await site.GetTextAsync("/"));
        var one = site.GetTextAsync("/one");
        var two = site.GetTextAsync("/two");
        Assert.Equal(("/one", "/two"), (await one, await two));
        Assert.Equal(1, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_NobodyListens_Is503AndRecovers()
    {
        int port;
        await using (var closed = FakeProgram.Answering(static _ => Hello))
        {
            port = closed.Port;
        }

        await using var site = await GatewaySite.FastCgiAsync(options =>
        {
            options.Address = $"127.0.0.1:{port}";
            options.QueueTimeout = TimeSpan.FromSeconds(5);
        });
        var response = await site.GetAsync("/");
        Assert.Equal((503, true), (response.StatusCode, response.Headers.Contains("Retry-After")));
        Assert.Single(site.Log, static line => line.Contains("cannot be used", StringComparison.Ordinal) && !line.Contains("still", StringComparison.Ordinal));
        await using var program = FakeProgram.Answering(static _ => Hello, port);
        await UntilAsync(async () => (await site.GetAsync("/")).StatusCode == 200);
        Assert.Contains(site.Log, static line => line.EndsWith("can be used again", StringComparison.Ordinal));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_OneOfTwoBackendsDown_UsesTheOtherAlsoWithABody()
    {
        await using var dead = FakeProgram.Answering(static _ => Hello);
        await dead.DisposeAsync();
        await using var alive = FakeProgram.Answering(static request => "A: b\n\n" + Encoding.UTF8.GetString(request.Body.ToArray()));
        await using var site = await GatewaySite.FastCgiAsync(options => options.Addresses = [dead.Address, alive.Address]);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("body", (await site.SendAsync(TestHttpContext.Post("/").WithBody("body"))).BodyText);
        }
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_TwoBackends_GetsTheLessBusyOne()
    {
        var release = new TaskCompletionSource();
        var counts = new int[2];
        FakeProgram Make(int index) => new(async (connection, _) =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                Interlocked.Increment(ref counts[index]);
                await release.Task;
                await connection.AnswerAsync(request.Id, Hello);
            }
        });
        await using var one = Make(0);
        await using var two = Make(1);
        await using var site = await GatewaySite.FastCgiAsync(options => options.Addresses = [one.Address, two.Address]);
        var requests = Enumerable.Range(0, 6).Select(_ => site.GetTextAsync("/")).ToArray();
        await UntilAsync(() => counts.Sum() == 6);
        Assert.Equal([3, 3], counts);
        release.SetResult();
        await Task.WhenAll(requests);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_AllPlacesTaken_WaitsThenIs503()
    {
        var time = new FakeTimeProvider();
        var release = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        await using var program = new FakeProgram(async (connection, _) =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                arrived.TrySetResult();
                await release.Task;
                await connection.AnswerAsync(request.Id, Hello);
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => (options.MaxConnections, options.QueueLength) = (1, 2), time);
        var first = site.GetTextAsync("/");
        await arrived.Task;
        var waiting = site.GetAsync("/");
        time.Advance(TimeSpan.FromSeconds(5));
        var next = site.GetTextAsync("/");
        Assert.Equal(503, (await site.GetAsync("/")).StatusCode);
        time.Advance(TimeSpan.FromSeconds(5.2));
        Assert.Equal(503, (await waiting).StatusCode);
        release.SetResult();
        Assert.Equal(("hello", "hello"), (await first, await next));
        Assert.Equal(1, program.Connections);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_WaitingClientLeaves_GivesItsPlaceInTheQueue()
    {
        var release = new TaskCompletionSource();
        await using var program = new FakeProgram(async (connection, _) =>
        {
            while (await connection.ReadRequestAsync() is { } request)
            {
                await release.Task;
                await connection.AnswerAsync(request.Id, Hello);
            }
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => (options.MaxConnections, options.QueueLength) = (1, 1));
        var first = site.GetTextAsync("/");
        using var client = new CancellationTokenSource();
        var waiting = site.SendForAsync(TestHttpContext.Get("/"), client.Token);
        Assert.Equal(1, site.Service.Pool.Waiting);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal(0, site.Service.Pool.Waiting);
        release.SetResult();
        Assert.Equal("hello", await first);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_IdleConnection_IsClosedAfterItsTime()
    {
        var time = new FakeTimeProvider();
        var closed = new TaskCompletionSource<bool>();
        await using var program = new FakeProgram(async (connection, _) =>
        {
            var request = await connection.ReadRequestAsync();
            await connection.AnswerAsync(request!.Id, Hello);
            closed.SetResult(await connection.IsClosedAsync());
        });
        await using var site = await GatewaySite.FastCgiAsync(program, time: time);
        Assert.Equal("hello", await site.GetTextAsync("/"));
        Assert.False(closed.Task.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await closed.Task);
    }

    [Fact(Timeout = 20_000)]
    public async Task Authorizer_Says200_LetsTheRequestGoOnWithItsVariables()
    {
        FakeRequest? seen = null;
        await using var program = FakeProgram.Answering(request =>
        {
            seen ??= request;
            return request.Role == 2 ? "Status: 200 OK\nVariable-REMOTE_USER: ann\nVariable-LEVEL: 7\nX-A: b\n\nignored" : "A: b\n\n" + request.Variables["LEVEL"];
        });
        await using var gate = await GatewaySite.FastCgiAsync(program, static options => options.Role = ProgramRole.Authorizer);
        await using var site = await GatewaySite.FastCgiAsync(program);
        var context = TestHttpContext.Post("/a").WithBody("the body").WithUser(null);
        var response = await context.WithNext((inner, cancellation) => site.Middleware.InvokeAsync(inner, static (_, _) => Task.CompletedTask, cancellation))
            .SendAsync(gate.Middleware, TestContext.Current.CancellationToken);
        Assert.Equal((200, "7", false), (response.StatusCode, response.BodyText, response.Headers.Contains("X-A")));
        Assert.Equal("ann", context.GetFeature<Webserv.Abstractions.Http.IUserFeature>()!.User!.Name);
        Assert.Equal((2, 0L), (seen!.Role, seen.Body.Length));
        Assert.DoesNotContain(seen.Variables.Keys, static name => name is "CONTENT_LENGTH" or "PATH_INFO" or "SCRIPT_NAME" or "PATH_TRANSLATED");
        Assert.Equal("/a", seen.Variables["REQUEST_URI"]);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("Status: 403 Forbidden\nX-A: b\n\nno", 403, "no")]
    [InlineData("no header block", 502, "")]
    [InlineData("", 502, "")]
    public async Task Authorizer_SaysAnythingElse_IsTheAnswer(string answer, int status, string body)
    {
        await using var program = FakeProgram.Answering(_ => answer);
        await using var site = await GatewaySite.FastCgiAsync(program, static options => options.Role = ProgramRole.Authorizer);
        var context = TestHttpContext.Get("/");
        var response = await site.SendAsync(context);
        Assert.Equal((status, body, false), (response.StatusCode, status == 502 ? "" : response.BodyText, context.NextWasCalled));
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_LocalRedirect_EntersThePipelineAgain()
    {
        await using var program = FakeProgram.Answering(static _ => "Location: /other\n\n");
        await using var site = await GatewaySite.FastCgiAsync(program);
        var redirects = new Moq.Mock<Webserv.Abstractions.Http.ILocalRedirectFeature>();
        await site.SendAsync(TestHttpContext.Get("/").WithFeature(redirects.Object));
        redirects.Verify(static feature => feature.RedirectAsync("/other", Moq.It.IsAny<CancellationToken>()), Moq.Times.Once);
    }

    [Fact(Timeout = 20_000)]
    public async Task Invoke_Extensions_LeavesTheRestAndMapsTheRoot()
    {
        FakeRequest? seen = null;
        await using var program = FakeProgram.Answering(request =>
        {
            seen = request;
            return Hello;
        });
        await using var site = await GatewaySite.FastCgiAsync(program, static options => (options.Extensions, options.BackendRoot) = ([".php"], "/var/www/"));
        site.Write("d/a.php", "");
        site.Write("evil.jpg", "");
        Assert.Equal("hello", await site.GetTextAsync("/d/a.php/info"));
        Assert.Equal(
            ("/var/www/d/a.php", "/var/www", "/var/www/info", "/d/a.php", "/info"),
            (seen!.Variables["SCRIPT_FILENAME"], seen.Variables["DOCUMENT_ROOT"], seen.Variables["PATH_TRANSLATED"], seen.Variables["SCRIPT_NAME"], seen.Variables["PATH_INFO"]));
        foreach (var path in new[] { "/evil.jpg/x.php", "/evil.jpg", "/none.php", "/d/" })
        {
            var context = TestHttpContext.Get(path);
            await site.SendAsync(context);
            Assert.True(context.NextWasCalled, path);
        }
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }
}
