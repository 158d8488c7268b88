using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Which idle connections have to go, with a clock that the test turns.</summary>
public sealed class RecyclingTests
{
    [Fact]
    public async Task MaxConnections_MoreNewcomersThanOneLookFinds_TheLongestIdleGoFirst()
    {
        const int Most = 200;
        const int Newcomers = 150;
        var time = new FakeTimeProvider();
        await using var rig = await ServerRig.StartAsync(
            RigKind.Memory,
            setup =>
            {
                setup.Limits.MaxConnections = Most;
                setup.Map("/", (context, cancellation) => context.Response.WriteTextAsync("hi", cancellation: cancellation));
            },
            time);
        var clients = new List<RawClient>();
        for (var index = 0; index < Most; index++)
        {
            clients.Add(await rig.ConnectAsync());
            clients[index].BePatient(TimeSpan.FromMinutes(5));
        }

        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == Most, () => "not all are there");

        // They fall idle in an order that is not the one in which they came.
        var order = Enumerable.Range(0, Most).Select(index => index * 77 % Most).ToArray();
        foreach (var index in order)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(200, (await clients[index].GetAsync("/")).Status);
            await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == Most, () => "it is not idle");
        }

        for (var index = 0; index < Newcomers; index++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
            using var newcomer = await rig.ConnectAsync();
            Assert.Equal(200, (await newcomer.GetAsync("/")).Status);
            await clients[order[index]].AssertClosedAsync();
            await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == Most, () => "it is not idle");
            newcomer.Dispose();
            await ServerRig.WaitAsync(() => rig.Http.ConnectionCount == Most - 1, () => "it is still there");
            clients.Add(await rig.ConnectAsync());
            await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == Most, () => "it does not wait");
        }

        foreach (var index in order[Newcomers..])
        {
            Assert.Equal(200, (await clients[index].GetAsync("/")).Status);
        }

        clients.ForEach(client => client.Dispose());
    }

    [Fact]
    public async Task MaxConnections_OneLingers_MakesRoomOnceItHasHadTimeForItsAnswer()
    {
        var time = new FakeTimeProvider();
        await using var rig = await ServerRig.StartAsync(
            RigKind.Memory,
            setup =>
            {
                setup.Limits.MaxConnections = 2;
                setup.Map("/", (context, cancellation) => context.Response.WriteTextAsync("hi", cancellation: cancellation));
            },
            time);
        using var idle = await rig.ConnectAsync();
        Assert.Equal(200, (await idle.GetAsync("/")).Status);
        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == 1, () => "it is not idle");
        time.Advance(TimeSpan.FromMinutes(1));

        // What it declares is more than anybody drains: the server has answered, ended its side, and waits for the client's.
        using var lingering = await rig.ConnectAsync();
        await lingering.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx");
        Assert.StartsWith("HTTP/1.1 200 ", await lingering.ReadToEndAsync(), StringComparison.Ordinal);

        // For the first second it is not touched.
        using (var newcomer = await rig.ConnectAsync())
        {
            Assert.Equal(200, (await newcomer.GetAsync("/")).Status);
            await idle.AssertClosedAsync();
        }

        await ServerRig.WaitAsync(() => rig.Http.ConnectionCount == 1, () => "the newcomer has not left");
        using var other = await rig.ConnectAsync();
        Assert.Equal(200, (await other.GetAsync("/")).Status);
        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == 1, () => "it is not idle");
        time.Advance(TimeSpan.FromSeconds(1));

        // Then it goes before any that may ask for more.
        using var last = await rig.ConnectAsync();
        Assert.Equal(200, (await last.GetAsync("/")).Status);
        Assert.Equal(200, (await other.GetAsync("/")).Status);
        Assert.Equal(2, rig.Http.ConnectionCount);
    }
}
