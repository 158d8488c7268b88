using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Connections that a middleware takes over for another protocol (RFC 9110 section 7.8).</summary>
public abstract partial class ServerTests
{
    private const string UpgradeToEcho = "GET /up HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: other/2, echo\r\n\r\n";

    [Fact]
    public async Task Upgrade_Taken_SwitchesAndYieldsWhatCameWithTheRequest()
    {
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var feature = context.GetFeature<IUpgradeFeature>()!;
            Assert.Equal(["other/2", "echo"], feature.Protocols);
            Assert.False(feature.IsUpgraded);
            context.Response.Headers["X-Mine"] = "1";
            context.Response.OnStarting(() =>
            {
                context.Response.Headers["X-Late"] = "2";
                return Task.CompletedTask;
            });
            var stream = await feature.UpgradeAsync("ECHO", cancellation);
            Assert.True(feature.IsUpgraded);
            await stream.CopyToAsync(stream, cancellation);
            await stream.WriteAsync("bye"u8.ToArray(), cancellation);
        }));
        for (var round = 0; round < 3; round++)
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync(UpgradeToEcho + "GET / HTTP/1.1\r\n");
            var head = await client.ReadAsync();
            Assert.Equal((101, "echo", "upgrade", "1", "2"), (head.Status, head["Upgrade"], head["Connection"], head["X-Mine"], head["X-Late"]));
            Assert.Equal((null, null), (head["Content-Length"], head["Transfer-Encoding"]));
            Assert.StartsWith("HTTP/1.1 101 Switching Protocols\r\n", head.Head, StringComparison.Ordinal);
            await client.SendAsync("more");
            client.ShutdownSend();
            Assert.Equal("GET / HTTP/1.1\r\nmorebye", await client.ReadToEndAsync());
        }

        await rig.WaitUntilIdleAsync();
        Assert.Empty(Errors(rig));
    }

    [Fact]
    public async Task Upgrade_FieldOfAnyAnswer_IsNamedInConnection()
    {
        // Several times: what answers look like is remembered from the second on.
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/", (context, cancellation) =>
            {
                context.Response.Headers["Upgrade"] = "echo";
                return context.Response.WriteTextAsync("hi", cancellation: cancellation);
            });
            setup.Map("/none", Text("none"));
        });
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 4; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal((200, "hi", "echo", "upgrade"), (response.Status, response.Text, response["Upgrade"], response["Connection"]));
            var other = await client.GetAsync("/none");
            Assert.Equal(("none", null, null), (other.Text, other["Upgrade"], other["Connection"]));
        }
    }

    [Fact]
    public async Task Upgrade_BehindPipelinedRequests_ComesAfterTheirAnswers()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/up", (context, cancellation) => EchoUpgradedAsync(context, cancellation));
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n" + UpgradeToEcho + "echo");
        client.ShutdownSend();
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        Assert.Equal("echo", await client.ReadToEndAsync());
    }

    [Theory]
    [InlineData("GET /up HTTP/1.0\r\nConnection: Upgrade, keep-alive\r\nUpgrade: echo\r\n\r\n")]
    [InlineData("GET /up HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\n")]
    [InlineData("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\n\r\n")]
    [InlineData("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ,\r\n\r\n")]
    [InlineData("GET /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: a b, /c, d/\r\n\r\n")]
    [InlineData("POST /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("POST /up HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    public async Task Upgrade_NotAskedForInOrder_IsNotOffered(string request)
    {
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
            await context.Response.WriteTextAsync(context.GetFeature<IUpgradeFeature>() is null ? "none" : "offered", cancellation: cancellation)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(request);
        Assert.Equal((200, "none"), (await client.ReadAsync()) is var response ? (response.Status, response.Text) : default);
    }

    [Fact]
    public async Task Upgrade_BothDirectionsAtOnce_NeitherWaitsForTheOther()
    {
        const int Size = 3_000_000;
        var received = -1L;
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            var reading = CountToEndAsync(stream, cancellation);
            await stream.WriteAsync(new byte[Size], cancellation);
            received = await reading;
        }));
        using var client = await rig.ConnectAsync();
        client.BePatient(TimeSpan.FromMinutes(2));
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal(101, (await client.ReadAsync()).Status);

        // The client reads nothing before it has sent everything: if the server did the same, both would wait for ever.
        await client.SendAsync(new byte[Size]);
        client.ShutdownSend();
        Assert.Equal(Size, await CountToEndAsync(client.Stream, client.Token));
        Assert.Equal(Size, received);
    }

    [Fact]
    public async Task Upgrade_ClientDoesNotRead_HoldsTheWriterUp()
    {
        var (blocked, done) = (NewSignal(), NewSignal());
        var written = 0L;
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            var piece = new byte[256 * 1024];
            for (var index = 0; index < 100; index++)
            {
                var write = stream.WriteAsync(piece, cancellation).AsTask();
                if (!write.IsCompleted)
                {
                    blocked.TrySetResult();
                }

                await write;
                written += piece.Length;
            }

            done.SetResult();
        }));
        using var client = await rig.ConnectAsync();
        client.BePatient(TimeSpan.FromMinutes(2));
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        await blocked.Task;
        Assert.False(done.Task.IsCompleted, "25 MB went to a client that reads nothing");
        Assert.Equal(100 * 256 * 1024, await CountToEndAsync(client.Stream, client.Token));
        await done.Task;
        Assert.Equal(100 * 256 * 1024, written);
    }

    [Fact]
    public async Task Upgrade_ClientIsReset_MiddlewareIsToldAndNothingIsLogged()
    {
        var (reached, ended) = (NewSignal(), new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously));
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            reached.SetResult();
            try
            {
                await CountToEndAsync(stream, cancellation);
                ended.SetResult(null);
            }
            catch (Exception exception)
            {
                ended.SetResult(exception);
                throw;
            }
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        await client.ReadAsync();
        await reached.Task;
        client.Reset();
        Assert.True(await ended.Task.WaitAsync(client.Token) is IOException or OperationCanceledException, "no end or an end in order");
        await rig.WaitUntilIdleAsync();
        Assert.Empty(Errors(rig));
    }

    [Fact]
    public async Task Upgrade_ServerStops_MiddlewareSaysGoodbye()
    {
        var reached = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var feature = context.GetFeature<IUpgradeFeature>()!;
            var stream = await feature.UpgradeAsync("echo", cancellation);
            var stopping = NewSignal();
            feature.Stopping.Register(() => throw new InvalidOperationException("no"));
            feature.Stopping.Register(stopping.SetResult);
            reached.SetResult();
            await stopping.Task;
            await stream.WriteAsync("bye"u8.ToArray(), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        await client.ReadAsync();
        await reached.Task;
        var stop = rig.Http.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("bye", await client.ReadToEndAsync());
        client.ShutdownSend();
        Assert.True(await stop);
        await ServerRig.WaitAsync(() => rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Warning).Any(entry => entry.Contains("stop", StringComparison.Ordinal)), () => "nothing was logged");
    }

    [Fact]
    public async Task Upgrade_GenerationIsRetired_MiddlewareSaysGoodbye()
    {
        var reached = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var feature = context.GetFeature<IUpgradeFeature>()!;
            var stream = await feature.UpgradeAsync("echo", cancellation);
            var stopping = NewSignal();
            feature.Stopping.Register(stopping.SetResult);
            reached.SetResult();
            await stopping.Task;
            await stream.WriteAsync("bye"u8.ToArray(), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        await client.ReadAsync();
        await reached.Task;
        var old = await rig.SwapAsync(setup => setup.Map("/", Text("new")));
        var retiring = old.RetireAsync(null, TimeSpan.FromMinutes(1), rig.Http.Cancel, TimeProvider.System);
        Assert.Equal("bye", await client.ReadToEndAsync());
        await retiring;
    }

    [Fact]
    public async Task Upgrade_ServerStopsAndMiddlewareDoesNot_IsCutAtTheDeadline()
    {
        var (reached, told) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            reached.SetResult();
            try
            {
                await CountToEndAsync(stream, cancellation);
            }
            finally
            {
                told.SetResult();
            }
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        await client.ReadAsync();
        await reached.Task;
        Assert.False(await rig.Http.StopAsync(TimeSpan.FromMilliseconds(200)));
        await told.Task;
        Assert.Equal(("", false), await client.ReadToWhateverEndAsync());
    }

    [Fact]
    public async Task Upgrade_NothingComes_IsOverAfterTheIdleTimeout()
    {
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var feature = context.GetFeature<IUpgradeFeature>()!;
            Assert.Throws<ArgumentOutOfRangeException>(() => feature.IdleTimeout = TimeSpan.Zero);
            feature.IdleTimeout = TimeSpan.FromMilliseconds(50);
            await CountToEndAsync(await feature.UpgradeAsync("echo", cancellation), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        Assert.Equal(("", false), await client.ReadToWhateverEndAsync());
        Assert.Empty(Errors(rig));
    }

    [Fact]
    public async Task Upgrade_NothingComesAndThePluginSetsNoTimeout_IsOverAfterThatOfTheLimits()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.UpgradedIdleTimeout = TimeSpan.FromMilliseconds(50);
            setup.Map("/up", async (context, cancellation) =>
            {
                var feature = context.GetFeature<IUpgradeFeature>()!;
                Assert.Equal(TimeSpan.FromMilliseconds(50), feature.IdleTimeout);
                await CountToEndAsync(await feature.UpgradeAsync("echo", cancellation), cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        Assert.Equal(("", false), await client.ReadToWhateverEndAsync());
        Assert.Empty(Errors(rig));
    }

    [Fact]
    public async Task Upgrade_ReadCancelled_LosesNothing()
    {
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var read = stream.ReadAsync(new byte[10], impatient.Token).AsTask();
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
            await stream.WriteAsync("now"u8.ToArray(), cancellation);
            await stream.CopyToAsync(stream, cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal(101, (await client.ReadAsync()).Status);
        var now = new byte[3];
        await client.Stream.ReadExactlyAsync(now, client.Token);
        await client.SendAsync("hello");
        client.ShutdownSend();
        Assert.Equal("hello", await client.ReadToEndAsync());
    }

    [Fact]
    public async Task Upgrade_Misused_Throws()
    {
        var thrown = new List<Exception?>();
        IUpgradeFeature? kept = null;
        Stream? stream = null;
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/up", async (context, cancellation) =>
            {
                var feature = kept = context.GetFeature<IUpgradeFeature>()!;
                thrown.Add(await Record.ExceptionAsync(() => feature.UpgradeAsync("unasked", cancellation)));
                stream = await feature.UpgradeAsync("echo", cancellation);
                thrown.Add(await Record.ExceptionAsync(() => feature.UpgradeAsync("echo", cancellation)));
                thrown.Add(await Record.ExceptionAsync(() => context.Response.Body.WriteAsync("x"u8.ToArray(), cancellation).AsTask()));
                thrown.Add(Record.Exception(() => context.Response.StatusCode = 200));
                Assert.Equal(101, context.Response.StatusCode);
            });
            setup.Map("/written", async (context, cancellation) =>
            {
                await context.Response.Body.WriteAsync("hi"u8.ToArray(), cancellation);
                thrown.Add(await Record.ExceptionAsync(() => context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation)));
            });
        });
        using (var client = await rig.ConnectAsync())
        {
            await client.SendAsync(UpgradeToEcho.Replace("/up", "/written", StringComparison.Ordinal));
            Assert.Equal((200, "hi"), (await client.ReadAsync()) is var response ? (response.Status, response.Text) : default);
            await client.SendAsync(UpgradeToEcho);
            Assert.Equal(101, (await client.ReadAsync()).Status);
            await client.AssertClosedAsync();
        }

        await rig.WaitUntilIdleAsync();
        thrown.Add(await Record.ExceptionAsync(() => kept!.UpgradeAsync("echo", TestContext.Current.CancellationToken)));
        thrown.Add(await Record.ExceptionAsync(() => stream!.WriteAsync("x"u8.ToArray(), TestContext.Current.CancellationToken).AsTask()));
        thrown.Add(await Record.ExceptionAsync(() => stream!.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask()));
        Assert.Equal(
            [
                typeof(InvalidOperationException), typeof(ArgumentException), typeof(InvalidOperationException), typeof(InvalidOperationException),
                typeof(InvalidOperationException), typeof(ObjectDisposedException), typeof(ObjectDisposedException), typeof(ObjectDisposedException),
            ],
            thrown.Select(exception => exception?.GetType()));
    }

    [Fact]
    public async Task Upgrade_KeptBeyondTheRequest_ReachesNoOtherRequest()
    {
        IUpgradeFeature? kept = null;
        var (reached, release) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/up", (context, cancellation) =>
            {
                kept = context.GetFeature<IUpgradeFeature>();
                return context.Response.WriteTextAsync("not yet", cancellation: cancellation);
            });
            setup.Map("/next", async (context, cancellation) =>
            {
                reached.SetResult();
                await release.Task;
                await context.Response.WriteTextAsync("next", cancellation: cancellation);
            });
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);
        Assert.Equal("not yet", (await client.ReadAsync()).Text);
        var next = client.GetAsync("/next");
        await reached.Task;
        await Assert.ThrowsAsync<ObjectDisposedException>(() => kept!.UpgradeAsync("echo", client.Token));
        release.SetResult();
        Assert.Equal((200, "next"), (await next) is var response ? (response.Status, response.Text) : default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Upgrade_LeftWithAnOperationUnderWay_IsReset(bool reads)
    {
        var reached = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/up", async (context, cancellation) =>
        {
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
            _ = reads ? stream.ReadAsync(new byte[10], cancellation).AsTask() : (Task)stream.WriteAsync(new byte[20_000_000], cancellation).AsTask();
            reached.SetResult();
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(UpgradeToEcho);

        // Nothing is read before: the write must not come to its end.
        await reached.Task.WaitAsync(client.Token);
        await rig.WaitUntilIdleAsync();
        Assert.False((await client.ReadToWhateverEndAsync()).InOrder);
        Assert.Single(Errors(rig));
    }

    [Fact]
    public async Task Upgrade_WebSocket_SpeaksWithTheClientOfTheRuntime()
    {
        await using var rig = await StartAsync(setup => setup.Map("/socket", async (context, cancellation) =>
        {
            var key = context.Request.Headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 wants SHA-1, which protects nothing here.
            context.Response.Headers["Sec-WebSocket-Accept"] = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
            var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("websocket", cancellation);
            using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
            var buffer = new byte[100_000];
            while (await socket.ReceiveAsync(buffer.AsMemory(), cancellation) is { MessageType: not WebSocketMessageType.Close } message)
            {
                await socket.SendAsync(buffer.AsMemory(0, message.Count), message.MessageType, message.EndOfMessage, cancellation);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        var head = await client.ReadAsync();
        Assert.Equal((101, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), (head.Status, head["Sec-WebSocket-Accept"]));
        using var socket = WebSocket.CreateFromStream(client.Stream, new WebSocketCreationOptions());
        foreach (var size in new[] { 1, 125, 126, 70_000 })
        {
            var text = new string('x', size);
            await socket.SendAsync(Encoding.ASCII.GetBytes(text).AsMemory(), WebSocketMessageType.Text, endOfMessage: true, client.Token);
            var answer = new byte[size];
            for (var count = 0; count < size;)
            {
                count += (await socket.ReceiveAsync(answer.AsMemory(count), client.Token)).Count;
            }

            Assert.Equal(text, Encoding.ASCII.GetString(answer));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, client.Token);
        Assert.Equal("bye", socket.CloseStatusDescription);
        await rig.WaitUntilIdleAsync();
        Assert.Empty(Errors(rig));
    }

    private static async Task EchoUpgradedAsync(IHttpContext context, CancellationToken cancellation)
    {
        var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("echo", cancellation);
        await stream.CopyToAsync(stream, cancellation);
    }

    private static async Task<long> CountToEndAsync(Stream stream, CancellationToken cancellation)
    {
        var buffer = new byte[64 * 1024];
        long total = 0;
        while (await stream.ReadAsync(buffer, cancellation) is var count && count > 0)
        {
            total += count;
        }

        return total;
    }
}
