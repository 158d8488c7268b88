using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Server;

public abstract partial class ServerTests
{
    [Fact]
    public async Task Generation_ServerStops_AnswerWithoutEndEnds()
    {
        var reached = NewSignal();
        await using var rig = await StartAsync(setup => setup.Map("/events", AnswerUntilRetired(reached)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        await reached.Task;
        var stop = rig.Http.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("1, bye", Encoding.ASCII.GetString((await client.ReadAsync()).Body));
        client.ShutdownSend();
        Assert.True(await stop);
    }

    [Fact]
    public async Task Generation_IsRetired_AnswerWithoutEndEndsAndTheNextIsOfTheNext()
    {
        var (first, second) = (NewSignal(), NewSignal());
        await using var rig = await StartAsync(setup => setup.Map("/events", AnswerUntilRetired(first)));
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        await first.Task;
        var old = await rig.SwapAsync(setup => setup.Map("/events", AnswerUntilRetired(second)));
        await old.RetireAsync(null, TimeSpan.FromMinutes(1), rig.Http.Cancel, TimeProvider.System);
        Assert.Equal("1, bye", Encoding.ASCII.GetString((await client.ReadAsync()).Body));
        await client.SendAsync("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        await second.Task;
        var stop = rig.Http.StopAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("2, bye", Encoding.ASCII.GetString((await client.ReadAsync()).Body));
        client.ShutdownSend();
        await stop;
    }

    private static Func<IHttpContext, CancellationToken, Task> AnswerUntilRetired(TaskCompletionSource reached) =>
        async (context, cancellation) =>
        {
            var generation = context.GetFeature<IGenerationFeature>()!;
            await context.Response.Body.WriteAsync(Encoding.ASCII.GetBytes($"{generation.Number}, "), cancellation);
            await context.Response.Body.FlushAsync(cancellation);
            var retired = NewSignal();
            generation.Retiring.Register(retired.SetResult);
            reached.SetResult();
            await retired.Task;
            await context.Response.Body.WriteAsync("bye"u8.ToArray(), cancellation);
        };
}
