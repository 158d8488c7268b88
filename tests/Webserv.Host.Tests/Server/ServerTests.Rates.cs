using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Clients that send or take too slowly.</summary>
public abstract partial class ServerTests
{
    [Fact]
    public async Task Head_TrickledByteByByte_Is408AfterItsTime()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestHeadTimeout = Soon;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nX: ");
        var answer = client.ReadAsync();
        await TrickleAsync(client, "x", answer);
        Assert.Equal(408, (await answer).Status);
    }

    [Fact]
    public async Task Head_EmptyLinesTrickled_WinNoTime()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestHeadTimeout = Soon;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        var end = client.ReadToWhateverEndAsync();
        await TrickleAsync(client, "\r\n", end);

        // One empty line is ignored before a request, two are a malformed one.
        var (octets, _) = await end;
        Assert.True(octets.Length == 0 || octets.StartsWith("HTTP/1.1 400 ", StringComparison.Ordinal), octets);
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task Head_OfAPipelinedRequestTrickled_Is408AfterItsTime()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestHeadTimeout = Soon;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nX: ");
        Assert.Equal(200, (await client.ReadAsync()).Status);
        var answer = client.ReadAsync();
        await TrickleAsync(client, "x", answer);
        Assert.Equal(408, (await answer).Status);
    }

    [Theory]
    [InlineData("Content-Length: 100000", "x")]
    [InlineData("Transfer-Encoding: chunked", "1\r\nx\r\n")]
    public async Task Body_TooSlow_Is408(string framing, string piece)
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MinRequestBodyRate = 1_000_000;
            setup.Limits.MinRateGracePeriod = Soon;
            setup.MaxRequestBodySize = 1_000_000;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\n{framing}\r\n\r\n");
        var answer = client.ReadAsync();
        await TrickleAsync(client, piece, answer);
        var response = await answer;
        Assert.Equal((408, "close"), (response.Status, response["Connection"]));
        Assert.Contains(rig.Logs.Entries, entry => entry.Message.Contains("Limits.MinRequestBodyRate", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Body_SlowButAboveTheRate_IsServed()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MinRequestBodyRate = 1;
            setup.Limits.MinRateGracePeriod = Soon;
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n" + new string('x', 20));

        // Another client, given up meanwhile, shows that more than the grace has passed.
        using (var other = await rig.ConnectAsync())
        {
            await other.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");
            Assert.Equal(408, (await other.ReadAsync()).Status);
        }

        await client.SendAsync(new string('y', 20));
        Assert.Equal(new string('x', 20) + new string('y', 20), (await client.ReadAsync()).Text);
    }

    [Fact]
    public async Task Body_MiddlewareReadsLate_ClientDoesNotPayForIt()
    {
        var reached = NewSignal();
        var go = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MinRequestBodyRate = 1_000;
            setup.Limits.MinRateGracePeriod = Soon;
            setup.Map("/late", async (context, cancellation) =>
            {
                reached.SetResult();
                await go.Task;
                await EchoAsync(context, cancellation);
            }, isInline: false);
            setup.Map("/", EchoAsync);
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n" + new string('x', 20));
        await reached.Task;
        using (var other = await rig.ConnectAsync())
        {
            await other.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\n\r\n");
            Assert.Equal(408, (await other.ReadAsync()).Status);
        }

        await client.SendAsync(new string('x', 20));
        go.SetResult();
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Body_DrainedInTrickles_EndsAfterItsTime()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.RequestBodyTimeout = Soon;
            setup.Limits.MinRequestBodyRate = 0;
            setup.Map("/", Text("hi"));
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nab");
        Assert.Equal("hi", (await client.ReadAsync()).Text);
        var end = client.ReadToWhateverEndAsync();
        await TrickleAsync(client, "x", end);
        Assert.Equal("", (await end).Octets);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answer_TakenTooSlowly_IsReset(bool file)
    {
        using var large = new Transport.TemporaryFile(new byte[64_000_000]);
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MinResponseRate = 1_000_000_000;
            setup.Limits.MinRateGracePeriod = Soon;
            setup.Limits.ResponseWriteTimeout = TimeSpan.FromSeconds(1);
            setup.Map("/", (context, cancellation) => file
                ? context.Response.SendFileAsync(large.Name, 0, large.Contents.Length, cancellation)
                : context.Response.Body.WriteAsync(large.Contents, cancellation).AsTask());
        });
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await TakeSlowlyAsync(client, () => rig.Logs.Entries.Any(entry => entry.Message.Contains("bytes a second", StringComparison.Ordinal)));
        Assert.False((await client.ReadToWhateverEndAsync()).InOrder);
        await rig.WaitUntilIdleAsync();
    }

    /// <summary>Takes a few octets, again and again, until the server has had enough of it.</summary>
    private static async Task TakeSlowlyAsync(RawClient client, Func<bool> isGivenUp)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var octets = new byte[100];
        while (!isGivenUp())
        {
            try
            {
                await client.Stream.ReadExactlyAsync(octets, client.Token);
            }
            catch (IOException)
            {
                return;
            }

            await timer.WaitForNextTickAsync(client.Token);
        }
    }

    /// <summary>Sends a little, again and again, until something has come back.</summary>
    private static async Task TrickleAsync(RawClient client, string piece, Task end)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!end.IsCompleted)
            {
                await client.SendAsync(piece);
                await timer.WaitForNextTickAsync(client.Token);
            }
        }
        catch (IOException)
        {
            // Closed meanwhile, which the answer tells.
        }
    }
}
