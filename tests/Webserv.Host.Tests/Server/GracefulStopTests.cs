using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

/// <summary>Who is still served by a server that stops, with a clock that stands still.</summary>
public sealed class GracefulStopTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Stop_JustConnected_MayStillAsk()
    {
        await using var rig = await StartAsync();
        using var client = await ConnectAsync(rig);
        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == 1, () => "it does not wait");
        using var idle = await rig.ConnectAsync();
        Assert.Equal(200, (await idle.GetAsync("/")).Status);
        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == 2, () => "it does not wait");
        var stopping = rig.Http.StopAsync(TimeSpan.FromMinutes(1));

        // One that was idle has gone, so the newcomer could have gone as well.
        await idle.AssertClosedAsync();
        var response = await client.GetAsync("/");
        Assert.Equal((200, "close"), (response.Status, response["Connection"]));
        await client.AssertClosedAsync();
        client.ShutdownSend();
        Assert.True(await stopping);
    }

    [Fact]
    public async Task Stop_SilentForLonger_IsClosed()
    {
        await using var rig = await StartAsync();
        using var client = await ConnectAsync(rig);
        await ServerRig.WaitAsync(() => rig.Http.IdleConnectionCount == 1, () => "it does not wait");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await rig.Http.StopAsync(TimeSpan.FromMinutes(1)));
        await client.AssertClosedAsync();
    }

    [Fact]
    public async Task Stop_Newcomer_IsRefused()
    {
        await using var rig = await StartAsync();
        Assert.True(await rig.Http.StopAsync(TimeSpan.FromMinutes(1)));
        using var client = await rig.ConnectAsync();
        Assert.Equal(503, (await client.ReadAsync()).Status);
    }

    [Fact]
    public async Task Stop_RefusalOnItsWay_IsWaitedFor()
    {
        await using var rig = await StartAsync();
        Assert.True(await rig.Http.StopAsync(TimeSpan.FromMinutes(1)));
        var client = await rig.ConnectAsync();
        Assert.Equal(503, (await client.ReadAsync()).Status);

        // It is over when the client has closed, or after a second, which a clock that stands still never shows.
        var stopping = rig.Http.StopAsync(TimeSpan.FromMinutes(1));
        Assert.False(stopping.IsCompleted);
        client.Dispose();
        Assert.True(await stopping);
    }

    private static async Task<RawClient> ConnectAsync(ServerRig rig)
    {
        var client = await rig.ConnectAsync();
        await ServerRig.WaitAsync(() => rig.Http.ConnectionCount == 1, () => "it was not accepted");
        return client;
    }

    private Task<ServerRig> StartAsync() => ServerRig.StartAsync(
        RigKind.Memory,
        setup => setup.Map("/", (context, cancellation) => context.Response.WriteTextAsync("hi", cancellation: cancellation)),
        _time);
}
