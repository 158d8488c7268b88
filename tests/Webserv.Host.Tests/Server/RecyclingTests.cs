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
}
