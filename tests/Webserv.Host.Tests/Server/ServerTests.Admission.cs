using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>How many connections there may be, and who has to go.</summary>
public abstract partial class ServerTests
{
    [Fact]
    public async Task MaxConnections_OneIsIdle_IsClosedAndTheNewestServed()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnections = 2;
            setup.Map("/", Text("hi"));
        });
        using var first = await rig.ConnectAsync();
        Assert.Equal(200, (await first.GetAsync("/")).Status);
        await IdleAsync(rig, 1);
        using var second = await rig.ConnectAsync();
        Assert.Equal(200, (await second.GetAsync("/")).Status);
        await IdleAsync(rig, 2);
        using var third = await rig.ConnectAsync();
        Assert.Equal(200, (await third.GetAsync("/")).Status);

        // The one that has been idle longest has gone, in order; the other one is as it was.
        await first.AssertClosedAsync();
        Assert.Equal(200, (await second.GetAsync("/")).Status);
        Assert.Equal(2, rig.Http.ConnectionCount);
        Assert.Contains(rig.Logs.Entries, entry => entry.Message.StartsWith("Closed 1 idle connections", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MaxConnections_ManyNewcomers_TakeThePlacesOfIdleOnes()
    {
        const int Most = 8;
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnections = Most;
            setup.Map("/", Text("hi"));
        });
        var clients = new List<RawClient>();
        for (var index = 0; index < 5 * Most; index++)
        {
            clients.Add(await rig.ConnectAsync());
            Assert.Equal(200, (await clients[index].GetAsync("/")).Status);
            await IdleAsync(rig, Math.Min(index + 1, Most));
            Assert.InRange(rig.Http.ConnectionCount, 1, Most);
        }

        var alive = 0;
        foreach (var client in clients)
        {
            try
            {
                alive += (await client.GetAsync("/")).Status == 200 ? 1 : 0;
            }
            catch (IOException)
            {
                // It had to go.
            }

            client.Dispose();
        }

        Assert.Equal(Most, alive);
        await rig.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task MaxConnections_AllAreBusy_NewestGets503()
    {
        var inside = 0;
        var release = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnections = 2;
            setup.Map("/", async (context, cancellation) =>
            {
                Interlocked.Increment(ref inside);
                await release.Task;
                await context.Response.WriteTextAsync("done", cancellation: cancellation);
            });
        });
        using var first = await rig.ConnectAsync();
        using var second = await rig.ConnectAsync();
        await first.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await second.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await ServerRig.WaitAsync(() => Volatile.Read(ref inside) == 2, () => "the requests are not served");
        for (var index = 0; index < 3; index++)
        {
            using var third = await rig.ConnectAsync();
            await third.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            var refused = await third.ReadAsync();
            Assert.Equal((503, "1", "close"), (refused.Status, refused["Retry-After"], refused["Connection"]));
            await third.AssertClosedAsync();
        }

        // A flood of them does not flood the log.
        Assert.Single(rig.Logs.Entries, entry => entry.Level == LogLevel.Warning && entry.Message.Contains("Limits.MaxConnections)", StringComparison.Ordinal));
        release.SetResult();
        Assert.Equal("done", (await first.ReadAsync()).Text);
        Assert.Equal("done", (await second.ReadAsync()).Text);
        second.Dispose();
        await ServerRig.WaitAsync(() => rig.Http.ConnectionCount == 1, () => "the connection is still there");
        using var fourth = await rig.ConnectAsync();
        Assert.Equal("done", (await fourth.GetAsync("/")).Text);
    }

    [Fact]
    public async Task MaxConnections_SilentNewcomers_MakeRoomAfterAWhile()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnections = 1;
            setup.Limits.RequestHeadTimeout = TimeSpan.FromMinutes(5);
            setup.Map("/", Text("hi"));
        });
        using var silent = await rig.ConnectAsync();
        await ServerRig.WaitAsync(() => rig.Http.ConnectionCount == 1, () => "it was not accepted");
        var status = 0;
        while (status != 200)
        {
            silent.Token.ThrowIfCancellationRequested();
            using var client = await rig.ConnectAsync();
            try
            {
                status = (await client.GetAsync("/")).Status;
                Assert.Contains(status, (int[])[200, 503]);
            }
            catch (IOException)
            {
                // Closed without an answer: too many were being refused.
            }
        }

        await silent.AssertClosedAsync();
    }

    [Fact]
    public async Task MaxConnectionsPerListener_Reached_RecyclesOrRefuses()
    {
        var inside = 0;
        var release = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnectionsPerListener = 1;
            setup.Map("/", Text("hi"));
            setup.Map("/wait", (_, _) =>
            {
                Interlocked.Increment(ref inside);
                return release.Task;
            });
        });
        using var first = await rig.ConnectAsync();
        Assert.Equal(200, (await first.GetAsync("/")).Status);
        await IdleAsync(rig, 1);
        using var second = await rig.ConnectAsync();
        Assert.Equal(200, (await second.GetAsync("/")).Status);
        await first.AssertClosedAsync();

        await second.SendAsync("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await ServerRig.WaitAsync(() => Volatile.Read(ref inside) == 1, () => "the request is not served");
        using var third = await rig.ConnectAsync();
        Assert.Equal(503, (await third.ReadAsync()).Status);
        Assert.Contains(rig.Logs.Entries, entry => entry.Message.Contains("Limits.MaxConnectionsPerListener", StringComparison.Ordinal));
        release.SetResult();
        Assert.Equal(200, (await second.ReadAsync()).Status);
    }

    [Fact]
    public async Task MaxConnectionsPerClient_Reached_NewestGets503AndPlacesComeBack()
    {
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnectionsPerClient = 2;
            setup.Map("/", Text("hi"));
        });
        for (var round = 0; round < 3; round++)
        {
            using var first = await rig.ConnectAsync();
            using var second = await rig.ConnectAsync();
            Assert.Equal(200, (await first.GetAsync("/")).Status);
            Assert.Equal(200, (await second.GetAsync("/")).Status);
            using (var third = await rig.ConnectAsync())
            {
                Assert.Equal(503, (await third.ReadAsync()).Status);
            }

            Assert.Equal(200, (await first.GetAsync("/")).Status);
            first.Dispose();
            second.Dispose();
            await rig.WaitUntilIdleAsync();
        }

        Assert.Contains(rig.Logs.Entries, entry => entry.Message.EndsWith("the last of 127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task MaxConnections_RefusedInCrowds_AreAnsweredOrClosed()
    {
        var inside = 0;
        var release = NewSignal();
        await using var rig = await StartAsync(setup =>
        {
            setup.Limits.MaxConnections = 1;
            setup.Map("/", (_, _) =>
            {
                Interlocked.Increment(ref inside);
                return release.Task;
            });
        });
        using var first = await rig.ConnectAsync();
        await first.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await ServerRig.WaitAsync(() => Volatile.Read(ref inside) == 1, () => "the request is not served");
        var crowd = new List<RawClient>();
        for (var index = 0; index < 200; index++)
        {
            crowd.Add(await rig.ConnectAsync());
        }

        var answered = 0;
        foreach (var client in crowd)
        {
            var (octets, inOrder) = await client.ReadToWhateverEndAsync();
            Assert.True(inOrder);
            Assert.True(octets.Length == 0 || octets.StartsWith("HTTP/1.1 503 ", StringComparison.Ordinal), octets);
            answered += octets.Length > 0 ? 1 : 0;
            client.Dispose();
        }

        Assert.InRange(answered, 1, 200);
        release.SetResult();
        Assert.Equal(200, (await first.ReadAsync()).Status);
    }

    /// <summary>An answer may be there a moment before its connection is idle.</summary>
    private static Task IdleAsync(ServerRig rig, int count) =>
        ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == count, () => $"{rig.Http.IdleConnectionCount} of {rig.Http.ConnectionCount} connections are idle");
}
