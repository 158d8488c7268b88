using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Server;

/// <summary>When an upgraded connection is idle, with a clock that the test turns.</summary>
public sealed class UpgradedIdleTests
{
    private const int Rounds = 20;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task IdleTimeout_SomethingWasWrittenMeanwhile_BeginsAnew()
    {
        var time = new FakeTimeProvider();
        using var mayWrite = new SemaphoreSlim(0);
        await using var rig = await ServerRig.StartAsync(
            RigKind.Memory,
            setup =>
            {
                setup.Limits.UpgradedIdleTimeout = Limit;
                setup.Map("/", (context, cancellation) => PushAsync(context, mayWrite, cancellation));
            },
            time);
        using var client = await rig.ConnectAsync();
        client.BePatient(TimeSpan.FromMinutes(5));
        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: push\r\n\r\n");
        Assert.Equal(101, (await client.ReadAsync()).Status);
        var pushed = new byte[1];
        for (var round = 0; round < Rounds; round++)
        {
            time.Advance(Limit * 0.7);
            mayWrite.Release();
            await client.Stream.ReadExactlyAsync(pushed, client.Token);
        }

        // Each write was in time, and the read that has waited since the beginning still does.
        await client.SendAsync("y");
        await client.Stream.ReadExactlyAsync(pushed, client.Token);
        Assert.Equal((byte)'y', pushed[0]);
    }

    [Fact]
    public void UpgradedIdleTimeout_Default_IsThere() => Assert.InRange(new LimitsOptions().UpgradedIdleTimeout, TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    /// <summary>Writes when the test says so, and echoes the one byte that it reads meanwhile.</summary>
    private static async Task PushAsync(IHttpContext context, SemaphoreSlim mayWrite, CancellationToken cancellation)
    {
        var stream = await context.GetFeature<IUpgradeFeature>()!.UpgradeAsync("push", cancellation);
        var buffer = new byte[1];
        var read = stream.ReadAsync(buffer, cancellation).AsTask();
        for (var round = 0; round < Rounds; round++)
        {
            await mayWrite.WaitAsync(cancellation);
            await stream.WriteAsync("x"u8.ToArray(), cancellation);
        }

        Assert.Equal(1, await read);
        await stream.WriteAsync(buffer, cancellation);
    }
}
