using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Server;

/// <summary>Whose managed memory is allocated while a request is served.</summary>
public abstract partial class ServerTests
{
    private const int Piece = 10_000;

    // What the server allocates on a plugin's behalf, and what awaits and tasks take.
    private const int Slack = 50_000;

    [Fact]
    public async Task Statistics_MemoryThatTwoPluginsAllocate_IsTheOnesThatHasTheRequest()
    {
        PluginStatistics? outer = null, inner = null;
        await using var rig = await StartAsync(setup =>
        {
            setup.Plugins.Statistics = true;
            Add(setup, "Outer", async (context, next, cancellation) =>
            {
                Allocate(30);
                await Task.Yield();
                await next(context, cancellation);
                Allocate(50);
                throw new HttpException(404);
            });
            Add(setup, "Inner", async (_, _, cancellation) =>
            {
                Allocate(100);
                await Task.Yield();
                Allocate(100);
                await Task.Run(() => Allocate(100), cancellation);
                await Task.Delay(1, cancellation);
                Allocate(100);
            });
            (outer, inner) = (setup.Catalog.UsageOf("Outer").Statistics, setup.Catalog.UsageOf("Inner").Statistics);
        });
        using var client = await rig.ConnectAsync();
        for (var request = 1; request <= 3; request++)
        {
            await client.GetAsync("/");
            await ServerRig.WaitAsync(() => outer!.Requests == request && outer.Inside == 0, () => "the request has not ended");
            Assert.InRange(outer!.Allocated, request * 80 * Piece, (request * 80 * Piece) + Slack);
            Assert.InRange(inner!.Allocated, request * 400 * Piece, (request * 400 * Piece) + Slack);
        }
    }

    [Fact]
    public async Task Statistics_Off_NobodysMemoryIsCounted()
    {
        PluginStatistics? outer = null;
        await using var rig = await StartAsync(setup =>
        {
            setup.ServerTiming = true;
            Add(setup, "Outer", (_, _, _) =>
            {
                Allocate(100);
                return Task.CompletedTask;
            });
            outer = setup.Catalog.UsageOf("Outer").Statistics;
        });
        using var client = await rig.ConnectAsync();
        Assert.Equal(200, (await client.GetAsync("/")).Status);
        Assert.Equal(0, outer!.Allocated);
    }

    private static void Add(ServerSetup setup, string plugin, Func<IHttpContext, Abstractions.Pipeline.RequestDelegate, CancellationToken, Task> handler) =>
        setup.Add(new PipelineEntryOptions { ConfigurationPath = $"Webserv:{plugin}", Use = setup.Register(_ => handler, plugin: plugin) });

    private static void Allocate(int pieces)
    {
        for (var piece = 0; piece < pieces; piece++)
        {
            GC.KeepAlive(new byte[Piece]);
        }
    }
}
