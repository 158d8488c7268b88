using Webserv.Host.Configuration;
using Webserv.Host.Transport;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

/// <summary>What is particular to the event loops.</summary>
public sealed class EpollLoopTests
{
    private const int Patience = 30_000;

    [Fact(Timeout = Patience)]
    public async Task Receive_StartedOnLoop_CompletesOnLoop()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var handler = new ServeHandler(async connection =>
        {
            Assert.True(connection.Loop.IsCurrent);
            Assert.Equal(1, (await connection.ReceiveAsync(new byte[1])).Count);
            Assert.True(connection.Loop.IsCurrent);
            await connection.SendAsync(new byte[16 << 20]);
            Assert.True(connection.Loop.IsCurrent);
            connection.ReceiveDeadline = connection.Loop.Milliseconds + 100;
            Assert.Equal(ReceiveStatus.TimedOut, (await connection.ReceiveAsync(new byte[1])).Status);
            Assert.True(connection.Loop.IsCurrent);
        });
        using var client = await rig.ConnectAsync(rig.Listen(handler));
        await client.SendAsync(new byte[1]);
        await client.ReceiveAsync(16 << 20);
        await handler.Served;
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_StartedElsewhere_CompletesElsewhere()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var handler = new ServeHandler(async connection =>
        {
            await Task.Run(
                async () =>
                {
                    Assert.False(connection.Loop.IsCurrent);
                    Assert.Equal(1, (await connection.ReceiveAsync(new byte[1])).Count);
                    Assert.Null(EpollLoop.Current);
                    await connection.SendAsync(new byte[16 << 20]);
                    Assert.Null(EpollLoop.Current);
                    connection.ReceiveDeadline = connection.Loop.Milliseconds + 100;
                    Assert.Equal(ReceiveStatus.TimedOut, (await connection.ReceiveAsync(new byte[1])).Status);
                    Assert.Null(EpollLoop.Current);
                },
                TestContext.Current.CancellationToken);
            await connection.Loop.SwitchTo();
            Assert.True(connection.Loop.IsCurrent);
        });
        using var client = await rig.ConnectAsync(rig.Listen(handler));
        await client.SendAsync(new byte[1]);
        await client.ReceiveAsync(16 << 20);
        await handler.Served;
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_EndWasSeenBeforeTheData_DeliversDataThenEnd()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var observer = new RecordingObserver();
        server.Observer = observer;
        await client.SendAsync(new byte[4]);
        client.ShutdownSend();
        await observer.Ended;
        Assert.Equal(4, (await server.ReceiveAsync(new byte[100])).Count);

        // No edge comes after the end: a short receive must not make the connection wait for one.
        Assert.Equal(ReceiveStatus.End, (await server.ReceiveAsync(new byte[100])).Status);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task SwitchTo_ManyAtOnceFromThePool_ContinueOnTheLoop()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll, loops: 1);
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        await Parallel.ForAsync(0, 5_000, TestContext.Current.CancellationToken, async (_, _) =>
        {
            await server.Loop.SwitchTo();
            Assert.True(server.Loop.IsCurrent);
            await Task.Yield();
        });
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task RoundTrips_OnLoop_AllocateNothing()
    {
        const int WarmUp = 2_000;
        const int RoundTrips = 10_000;
        await using var rig = TransportRig.Of(TransportKind.Epoll, loops: 1);
        long allocated = -1;
        var handler = new ServeHandler(async connection =>
        {
            var buffer = new byte[1024];
            ReadOnlyMemory<byte> head = new byte[200];
            ReadOnlyMemory<byte> body = new byte[612];
            long before = 0;
            var whole = true;
            for (var i = 0; i < WarmUp + RoundTrips; i++)
            {
                if (i == WarmUp)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }

                connection.ReceiveDeadline = connection.Loop.Milliseconds + 10_000;
                await connection.ReceiveAsync(Memory<byte>.Empty);
                whole &= (await connection.ReceiveAsync(buffer)).Count == 100;
                await connection.SendAsync(head, body);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(whole);
        });
        using var client = await rig.ConnectAsync(rig.Listen(handler));
        var request = new byte[100];
        var answer = new byte[812];
        for (var i = 0; i < WarmUp + RoundTrips; i++)
        {
            await client.Stream.WriteAsync(request, TestContext.Current.CancellationToken);
            await client.Stream.ReadExactlyAsync(answer, TestContext.Current.CancellationToken);
        }

        await handler.Served;
        Assert.Equal(0, allocated);
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_PeerFloods_OthersGetTheirTurn()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll, loops: 1);
        var listener = rig.Listen(new ServeHandler(async connection =>
        {
            // One byte at a time never runs out of data while the client keeps writing.
            var buffer = new byte[1];
            while ((await connection.ReceiveAsync(buffer)).Status == ReceiveStatus.Received)
            {
            }
        }));
        var echo = rig.Listen(ServeHandler.Echo);
        using var flooding = new CancellationTokenSource();
        using var flooder = await rig.ConnectAsync(listener);
        var flood = Task.Run(
            async () =>
            {
                var data = new byte[256 * 1024];
                while (!flooding.IsCancellationRequested)
                {
                    await flooder.SendAsync(data);
                }
            },
            TestContext.Current.CancellationToken);
        using var client = await rig.ConnectAsync(echo);
        for (var i = 0; i < 50; i++)
        {
            await client.SendAsync(new byte[10]);
            Assert.Equal(10, (await client.ReceiveAsync(10)).Length);
        }

        await flooding.CancelAsync();
        await flood;
    }

    [Fact(Timeout = Patience)]
    public async Task Loop_ManyShortConnections_NoEventReachesTheWrongOne()
    {
        // Slots and descriptors are used again at once; an event of a former owner must not reach the next.
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var listener = rig.Listen(ServeHandler.Echo);
        await Parallel.ForAsync(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = TestContext.Current.CancellationToken }, async (i, _) =>
        {
            using var client = await rig.ConnectAsync(listener);
            var data = new byte[50 + i];
            Array.Fill(data, (byte)i);
            await client.SendAsync(data);
            if (i % 3 == 0)
            {
                client.Reset();
                return;
            }

            Assert.Equal(data, await client.ReceiveAsync(data.Length));
        });
    }
}
