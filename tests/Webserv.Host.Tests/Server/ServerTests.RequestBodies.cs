using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Request bodies: framing, limits, Expect, what is left unread.</summary>
public abstract partial class ServerTests
{
    private const string Expecting = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5_000)]
    [InlineData(300_000)]
    public async Task Body_WithLength_IsEchoed(int size)
    {
        var body = new string('x', size - 1 < 0 ? 0 : size - 1) + (size > 0 ? "y" : "");
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var sending = client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n{body}");
            var response = await client.ReadAsync();
            await sending;
            Assert.Equal((200, body, $"{size}"), (response.Status, response.Text, response["X-Length"]));
        }
    }

    /// <summary>Much of it is to come when the answer begins, more than would be drained: whoever has begun to read it goes on.</summary>
    [Fact]
    public async Task Body_AnswerBeginsWhileItIsRead_ConnectionIsKept()
    {
        const int Size = 400_000;
        const int First = 30_000;
        var begun = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            var buffer = new byte[First];
            await context.Request.Body.ReadExactlyAsync(buffer, cancellation);
            await context.Response.Body.WriteAsync(buffer, cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            begun.SetResult();
            await context.Request.Body.CopyToAsync(context.Response.Body, cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Size}\r\n\r\n{new string('x', First)}");
        await begun.Task;
        var sending = client.SendAsync(new string('y', Size - First));
        var response = await client.ReadAsync();
        await sending;
        Assert.Equal((200, Size, null), (response.Status, response.Text.Length, response["Connection"]));
        begun = NewSignal();
        Assert.Equal(First, (await client.PostAsync("/", new string('z', First))).Text.Length);
    }

    [Fact]
    public async Task Body_Chunked_IsEchoed()
    {
        var body = string.Concat(Enumerable.Range(0, 20_000).Select(index => $"{index},"));
        var coded = new StringBuilder("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var (at, size) = (0, 1); at < body.Length; at += size, size = (size * 3 % 5003) + 1)
        {
            var chunk = body[at..Math.Min(at + size, body.Length)];
            coded.Append(System.Globalization.CultureInfo.InvariantCulture, $"{chunk.Length:x};e=1\r\n{chunk}\r\n");
        }

        coded.Append("0\r\n\r\n");
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var sending = client.SendAsync(coded.ToString());
            var response = await client.ReadAsync();
            await sending;
            Assert.Equal((200, "unknown"), (response.Status, response["X-Length"]));
            Assert.Equal(body, response.Text);
        }
    }

    [Fact]
    public async Task Body_Malformed_Is400AndTheEnd()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal((400, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Theory]
    [InlineData("3;\"\r\n")]
    [InlineData("3\r\nabc\r\n0\r\n\rX")]
    [InlineData("3\r\nabc\r\n0\r\nX\r\n")]
    [InlineData("z\r\n")]
    public async Task Body_MalformedAndAMiddlewareDoesNotCare_IsNeverCompleteAndTheEnd(string coded)
    {
        var second = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await Assert.ThrowsAsync<HttpException>(() => context.Request.Body.CopyToAsync(Stream.Null, cancellation));
            second.SetResult(await Record.ExceptionAsync(() => context.Request.Body.CopyToAsync(Stream.Null, cancellation)) is HttpException);
            await context.Response.WriteTextAsync("hi", cancellation: cancellation);
        }));
        using var client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{coded}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal(("hi", "close"), (response.Text, response["Connection"]));
        await client.AssertClosedAsync();
        Assert.True(await second.Task);
    }

    [Fact]
    public async Task Body_MalformedInItsLastOctet_IsTheEndWhetherReadOrNot()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Map("/read", EchoAsync);
            setup.Map("/unread", (_, _) => Task.CompletedTask);
        });
        foreach (var (path, status) in new[] { ("/read", 400), ("/unread", 200) })
        {
            using var client = await rig.ConnectAsync();
            await client.SendAsync($"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r!GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(status, (await client.ReadAsync()).Status);
            await client.AssertClosedAsync();
        }
    }

    [Fact]
    public async Task Body_CutShort_Is400()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
        client.ShutdownSend();
        Assert.Equal(400, (await client.ReadAsync()).Status);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Expect_BodyIsRead_GetsContinueFirst()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            await client.SendAsync(Expecting + "Content-Length: 3\r\n\r\n");
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", (await client.ReadAsync()).Head);
            await client.SendAsync("abc");
            Assert.Equal("abc", (await client.ReadAsync()).Text);
        }
    }

    [Fact]
    public async Task Expect_Chunked_GetsContinueFirst()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(Expecting + "Transfer-Encoding: chunked\r\n\r\n");
        Assert.Equal(100, (await client.ReadAsync()).Status);
        await client.SendAsync("3\r\nabc\r\n0\r\n\r\n");
        Assert.Equal("abc", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Expect_BodyIsThereAlready_GetsNoContinue()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(Expecting + "Content-Length: 3\r\n\r\nabc");
        Assert.Equal((200, "abc"), ((await client.ReadAsync()) is var response ? response.Status : 0, response.Text));
        Assert.Equal(200, (await client.GetAsync("/")).Status);
    }

    [Fact]
    public async Task Expect_NobodyReads_GetsTheAnswerAndTheEnd()
    {
        await using var rig = await StartAsync(setup => setup.Map("/else", Text("hi")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync(Expecting + "Content-Length: 3\r\n\r\n");
        var response = await client.ReadAsync();
        Assert.Equal((404, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Expect_TooLarge_Is413WithoutContinue()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 10;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync(Expecting + "Content-Length: 11\r\n\r\n");
        Assert.Equal(413, (await client.ReadAsync()).Status);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Expect_OfHttp10_MeansNothing()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", EchoAsync));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        await client.SendAsync("abc");
        Assert.Equal("abc", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Limit_ByLength_Is413()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 10;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.PostAsync("/", "0123456789")).Status);
        var response = await client.PostAsync("/", "0123456789a");
        Assert.Equal((413, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Limit_ByCount_Is413()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 10;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        const string Head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        await client.SendAsync(Head + "5\r\n01234\r\n5\r\n01234\r\n0\r\n\r\n");
        Assert.Equal("0123401234", (await client.ReadAsync()).Text);
        await client.SendAsync(Head + "5\r\n01234\r\n6\r\n012345\r\n0\r\n\r\n");
        Assert.Equal(413, (await client.ReadAsync()).Status);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Limit_None_TakesAnything()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 0;
            setup.Map("/", CountAsync);
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal("3000000", (await client.PostAsync("/", new string('x', 3_000_000))).Text);
    }

    [Fact]
    public async Task Limit_TooLargeAndSentAllTheSame_ClientReadsTheAnswer()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 10;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();

        // Sends all of it before it looks at the answer, as many clients do.
        Assert.Equal(413, (await client.PostAsync("/", new string('x', 8_000_000))).Status);
    }

    [Fact]
    public async Task Unread_SmallBody_IsDrainedAndTheConnectionKept()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 3; round++)
        {
            var response = await client.PostAsync("/", new string('x', 200_000));
            Assert.Equal(("hi", null), (response.Text, response["Connection"]));
        }
    }

    [Fact]
    public async Task Unread_AnswerComesBeforeTheBody()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        await client.SendAsync("GET / GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("hi", (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Unread_LargeBody_ClosesAndClientReadsTheAnswer()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.MaxRequestBodySize = 0;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        var response = await client.PostAsync("/", new string('x', 700_000));
        Assert.Equal(("hi", "close"), (response.Text, response["Connection"]));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Unread_LargeChunkedBody_ClosesAfterTheAnswer()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", Text("hi")));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n" + new string('x', 0x80000));
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task PartlyRead_RestIsDrained()
    {
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            var buffer = new byte[4];
            await context.Request.Body.ReadExactlyAsync(buffer, cancellation);
            await context.Response.WriteTextAsync(Encoding.ASCII.GetString(buffer), cancellation: cancellation);
        }));
        using var client = await rig.ConnectAsync();
        Assert.Equal("0123", (await client.PostAsync("/", "0123456789")).Text);
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n5\r\ncdefg\r\n0\r\n\r\n");
        Assert.Equal("abcd", (await client.ReadAsync()).Text);
        Assert.Equal("4567", (await client.PostAsync("/", "4567")).Text);
    }

    [Fact]
    public async Task MaxBodySize_SetAfterRead_Throws()
    {
        Exception? thrown = null;
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, cancellation);
            thrown = Record.Exception(() => context.Request.MaxBodySize = 1);
        }));
        using var client = await rig.ConnectAsync();
        await client.PostAsync("/", "abc");
        Assert.IsType<InvalidOperationException>(thrown);
    }

    [Fact]
    public async Task Streams_KeptBeyondTheRequest_Throw()
    {
        Stream? request = null, response = null;
        await using var rig = await StartAsync(setup => setup.Map("/", (context, _) =>
        {
            (request, response) = (context.Request.Body, context.Response.Body);
            return Task.CompletedTask;
        }));
        using var client = await rig.ConnectAsync();
        await client.GetAsync("/");
        await client.GetAsync("/else");
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await request!.ReadExactlyAsync(new byte[1], client.Token));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await response!.WriteAsync(new byte[1], client.Token));
    }

    private static async Task CountAsync(IHttpContext context, CancellationToken cancellation)
    {
        var buffer = new byte[10_000];
        long total = 0;
        while (await context.Request.Body.ReadAsync(buffer, cancellation) is var count && count > 0)
        {
            total += count;
        }

        await context.Response.WriteTextAsync($"{total}", cancellation: cancellation);
    }
}
