using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Transport;

/// <summary>Counts the descriptors of the process, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(DescriptorTests), DisableParallelization = true)]
[Collection(nameof(DescriptorTests))]
public sealed class DescriptorTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task Dispose_AfterManyRandomDisconnects_LeavesNoDescriptor(string kind)
    {
        // What the runtime opens once for itself is open before the count.
        await DisconnectAtRandom(kind, 50);
        var before = Count();
        await DisconnectAtRandom(kind, 1_000);

        // System.Net.Sockets closes a socket whose operation is just ending a moment after it was disposed.
        while (Count() > before)
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static int Count() => Directory.GetFileSystemEntries("/proc/self/fd").Length;

    private static async Task DisconnectAtRandom(string kind, int connections)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        var listener = rig.Listen(ServeHandler.Echo);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForAsync(0, connections, parallel, async (i, cancellation) =>
        {
            var random = new Random(i);
            using var client = await rig.ConnectAsync(listener);
            if (random.Next(4) != 0)
            {
                await client.Stream.WriteAsync(new byte[random.Next(1, 100_000)], cancellation);
            }

            switch (random.Next(3))
            {
                case 0:
                    client.Reset();
                    break;
                case 1:
                    client.ShutdownSend();
                    await client.ReceiveToEndAsync();
                    break;
                default:
                    // The answer unread: what closing makes a reset of.
                    break;
            }
        });
    }
}
