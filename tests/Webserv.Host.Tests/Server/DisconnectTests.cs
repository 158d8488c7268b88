using Webserv.Host.Tests.Transport;

namespace Webserv.Host.Tests.Server;

/// <summary>Counts the descriptors of the process, so nothing else may run beside it.</summary>
[Collection(nameof(DescriptorTests))]
public sealed class DisconnectTests
{
    private const string Request = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nX: 1\r\n\r\n";

    [Theory(Timeout = 60_000)]
    [InlineData(nameof(RigKind.Epoll))]
    [InlineData(nameof(RigKind.EpollInline))]
    [InlineData(nameof(RigKind.Sockets))]
    public async Task Disconnects_AThousandAtRandom_LeaveNothingBehind(string kind)
    {
        // What the runtime opens once for itself is open before the count.
        await DisconnectAtRandomAsync(Enum.Parse<RigKind>(kind), 50);
        var before = Count();
        await DisconnectAtRandomAsync(Enum.Parse<RigKind>(kind), 1_000);
        await ServerRig.WaitAsync(() => Count() <= before, () => $"{before} descriptors before, {Count()} after");
    }

    private static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task DisconnectAtRandomAsync(RigKind kind, int connections)
    {
        await using var rig = await ServerRig.StartAsync(kind, setup =>
        {
            setup.Map("/echo", (context, cancellation) => context.Request.Body.CopyToAsync(context.Response.Body, cancellation));
            setup.Map("/large", (context, cancellation) => context.Response.Body.WriteAsync(new byte[300_000], cancellation).AsTask());
        });
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, connections, parallel, async (index, _) =>
        {
            var random = new Random(index);
            using var client = await rig.ConnectAsync();
            await client.SendAsync(random.Next(3) == 0
                ? "GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
                : Request[..random.Next(Request.Length + 1)] + (random.Next(4) == 0 ? Request : ""));
            switch (random.Next(3))
            {
                case 0:
                    client.Reset();
                    break;
                case 1:
                    client.ShutdownSend();
                    await client.ReadToWhateverEndAsync();
                    break;
                default:
                    // The answer unread: what closing makes a reset of.
                    break;
            }
        });
        await rig.WaitUntilIdleAsync();
        using var last = await rig.ConnectAsync();
        await last.SendAsync(Request);
        Assert.Equal("abc", (await last.ReadAsync()).Text);
    }
}
