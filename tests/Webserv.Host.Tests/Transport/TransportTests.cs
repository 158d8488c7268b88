using Webserv.Host.Transport;

namespace Webserv.Host.Tests.Transport;

/// <summary>What every transport does.</summary>
public abstract class TransportTests
{
    private protected const int Patience = 20_000;

    internal abstract TransportRig CreateRig();

    [Fact(Timeout = Patience)]
    public async Task Receive_DataSent_EchoesIt()
    {
        await using var rig = CreateRig();
        using var client = await rig.ConnectAsync(rig.Listen(ServeHandler.Echo));
        for (var i = 0; i < 100; i++)
        {
            var data = Bytes(1 + (i * 37), i);
            await client.SendAsync(data);
            Assert.Equal(data, await client.ReceiveAsync(data.Length));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task SendAndReceive_LargeBothWaysAtOnce_ArriveWhole()
    {
        var up = Bytes(8 << 20, 1);
        var down = Bytes(8 << 20, 2);
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var sending = server.SendAsync(down).AsTask();
        var clientSending = Task.Run(() => client.SendAsync(up), TestContext.Current.CancellationToken);
        var clientReceiving = client.ReceiveAsync(down.Length);
        var received = await ReceiveExactlyAsync(server, up.Length, bufferSize: 10_000);
        await sending;
        await clientSending;
        Assert.True(received.AsSpan().SequenceEqual(up));
        Assert.True((await clientReceiving).AsSpan().SequenceEqual(down));
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_EmptyBuffer_WaitsForDataAndTakesNothing()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        for (var i = 0; i < 5; i++)
        {
            var waiting = server.ReceiveAsync(Memory<byte>.Empty).AsTask();
            Assert.False(waiting.IsCompleted);
            await client.SendAsync("hello"u8.ToArray());
            Assert.Equal(new ReceiveResult(0, ReceiveStatus.Received), await waiting);

            // A buffer that is filled to the brim leaves nothing behind, so that the next empty receive has to wait.
            var buffer = new byte[5];
            Assert.Equal(new ReceiveResult(5, ReceiveStatus.Received), await server.ReceiveAsync(buffer));
            Assert.Equal("hello"u8.ToArray(), buffer);
        }

        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_SmallerBufferThanData_GivesTheRestNext()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        await client.SendAsync("abcdefg"u8.ToArray());
        Assert.Equal("abcdefg"u8.ToArray(), await ReceiveExactlyAsync(server, 7, bufferSize: 2));
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_PeerEndsItsSide_DeliversDataThenEndAndCanStillSend()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var observer = new RecordingObserver();
        server.Observer = observer;
        await client.SendAsync("last"u8.ToArray());
        client.ShutdownSend();
        Assert.Equal("last"u8.ToArray(), await ReceiveExactlyAsync(server, 4, bufferSize: 100));
        Assert.Equal(new ReceiveResult(0, ReceiveStatus.End), await server.ReceiveAsync(new byte[10]));
        Assert.Equal(new ReceiveResult(0, ReceiveStatus.End), await server.ReceiveAsync(new byte[10]));
        await observer.Ended;
        await server.SendAsync("answer"u8.ToArray());
        server.ShutdownSend();
        Assert.Equal("answer"u8.ToArray(), await client.ReceiveToEndAsync());
        Assert.False(observer.Reset.IsCompleted);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Observer_PeerEndsWhileNobodyReceives_IsTold()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var observer = new RecordingObserver();
        server.Observer = observer;
        client.ShutdownSend();
        await observer.Ended;
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Observer_PeerResetsWhileNobodyReceives_IsTold()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        var observer = new RecordingObserver();
        server.Observer = observer;
        client.Reset();
        await observer.Reset;
        Assert.Equal(ReceiveStatus.Reset, (await server.ReceiveAsync(new byte[1])).Status);
        await Assert.ThrowsAnyAsync<IOException>(() => server.SendAsync(new byte[1]).AsTask());
        Assert.Equal(ReceiveStatus.Reset, (await server.ReceiveAsync(new byte[1])).Status);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_PeerResetsWhilePending_IsReset()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        var pending = server.ReceiveAsync(new byte[10]).AsTask();
        client.Reset();
        Assert.Equal(ReceiveStatus.Reset, (await pending).Status);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_DeadlinePasses_TimesOutAndConnectionLivesOn()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        server.ReceiveDeadline = server.Loop.Milliseconds + 300;
        var start = server.Loop.Milliseconds;
        var pending = server.ReceiveAsync(new byte[10]).AsTask();
        rig.Pass(299);
        Assert.False(pending.IsCompleted);
        rig.Pass(300);
        Assert.Equal(new ReceiveResult(0, ReceiveStatus.TimedOut), await pending);
        Assert.InRange(server.Loop.Milliseconds - start, 290, 5_000);
        Assert.Equal(ReceiveStatus.TimedOut, (await server.ReceiveAsync(new byte[10])).Status);

        server.ReceiveDeadline = long.MaxValue;
        await server.SendAsync("408"u8.ToArray());
        Assert.Equal("408"u8.ToArray(), await client.ReceiveAsync(3));
        await client.SendAsync("x"u8.ToArray());
        Assert.Equal(new ReceiveResult(1, ReceiveStatus.Received), await server.ReceiveAsync(new byte[10]));
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task ReceiveDeadline_MovedLaterWhilePending_IsHonoured()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var start = server.Loop.Milliseconds;
        server.ReceiveDeadline = start + 100;
        var pending = server.ReceiveAsync(new byte[10]).AsTask();
        server.ReceiveDeadline = start + 700;
        rig.Pass(650);
        rig.Pass(650);
        Assert.Equal(ReceiveStatus.TimedOut, (await pending).Status);
        Assert.InRange(server.Loop.Milliseconds - start, 690, 5_000);
        await server.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(60_000)]
    [InlineData(long.MaxValue / 4)]
    public async Task ReceiveDeadline_MovedEarlierWhilePending_IsHonoured(long first)
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var start = server.Loop.Milliseconds;
        server.ReceiveDeadline = start + first;
        var pending = server.ReceiveAsync(new byte[10]).AsTask();
        server.ReceiveDeadline = start + 200;
        rig.Pass(450);
        Assert.Equal(ReceiveStatus.TimedOut, (await pending).Status);
        Assert.InRange(server.Loop.Milliseconds - start, 190, 5_000);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Send_PeerTakesNothing_TimesOutAndResets()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        var observer = new RecordingObserver();
        server.Observer = observer;
        server.SendLimits = new SendLimits(300, null);
        var sending = server.SendAsync(new byte[64 << 20]).AsTask();
        rig.Pass(1_000);
        var error = await Assert.ThrowsAnyAsync<IOException>(() => sending);
        Assert.Contains("timed out", error.Message, StringComparison.Ordinal);
        await observer.Reset;
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveToEndAsync);
        Assert.Equal(ReceiveStatus.Reset, (await server.ReceiveAsync(new byte[1])).Status);
        client.Dispose();
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Send_PeerTakesLessThanTheRate_IsReset()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        server.SendLimits = new SendLimits(60_000, new MinimumRate(1_000_000_000, Grace: 300, MaxCredit: 300));
        var sending = server.SendAsync(new byte[64 << 20]).AsTask();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!sending.IsCompleted)
        {
            await client.ReceiveAsync(10);
            rig.Pass(20);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        var error = await Assert.ThrowsAnyAsync<IOException>(() => sending);
        Assert.Equal("the peer takes less than 1000000000 bytes a second: the send timed out", error.Message);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Send_PeerTakesMoreThanTheRate_GoesOnHoweverLongItTakes()
    {
        var data = Bytes(24 << 20, 9);
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        server.SendLimits = new SendLimits(60_000, new MinimumRate(1, Grace: 100, MaxCredit: 60_000));
        var sending = server.SendAsync(data).AsTask();
        var received = new List<byte[]>();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        for (var piece = 0; piece < 24; piece++)
        {
            received.Add(await client.ReceiveAsync(1 << 20));
            rig.Pass(20);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await sending;
        Assert.True(received.SelectMany(piece => piece).SequenceEqual(data));
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_DeadlinePassedButDataIsThere_GivesTheData()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        for (var round = 0; round < 100; round++)
        {
            server.ReceiveDeadline = long.MaxValue;
            var pending = server.ReceiveAsync(Memory<byte>.Empty).AsTask();
            await client.SendAsync(new byte[1]);
            server.ReceiveDeadline = 0;
            Assert.Equal(ReceiveStatus.Received, (await pending).Status);
            Assert.Equal(new ReceiveResult(1, ReceiveStatus.Received), await server.ReceiveAsync(new byte[10]));
        }

        await server.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(0, 0, 0)]
    [InlineData(0, 0, 1)]
    [InlineData(10, 0, 0)]
    [InlineData(10, 4095, 4097)]
    [InlineData(200, 1, 5_000_000)]
    [InlineData(0, 1_000_000, 7_000_000)]
    public async Task SendFile_PartOfFile_SendsExactlyThat(int headLength, int offset, int count)
    {
        using var file = new TemporaryFile(Bytes(8_000_000, 3));
        var head = Bytes(headLength, 4);
        await using var rig = CreateRig();
        var handler = new ServeHandler(connection => connection.SendFileAsync(head, file.Handle, offset, count).AsTask());
        using var client = await rig.ConnectAsync(rig.Listen(handler));
        var received = await client.ReceiveToEndAsync();
        await handler.Served;
        Assert.True(received.AsSpan(0, headLength).SequenceEqual(head));
        Assert.True(received.AsSpan(headLength).SequenceEqual(file.Contents.AsSpan(offset, count)));
    }

    [Fact(Timeout = Patience)]
    public async Task SendFile_ManyAtOnce_EachArrivesWhole_AndWhoComesBetweenIsAnswered()
    {
        using var file = new TemporaryFile(Bytes(4_000_000, 3));
        await using var rig = CreateRig();
        var large = new ServeHandler(connection => connection.SendFileAsync("head"u8.ToArray(), file.Handle, 0, file.Contents.Length).AsTask());
        var endpoint = rig.Listen(large);
        var clients = new List<TestClient>();
        for (var i = 0; i < 12; i++)
        {
            clients.Add(await rig.ConnectAsync(endpoint));
        }

        // All of them are under way and none is at its end while another one is served.
        Assert.All(await Task.WhenAll(clients.Select(client => client.ReceiveAsync(4))), head => Assert.Equal("head"u8.ToArray(), head));
        var small = new ServeHandler(connection => connection.SendAsync("small"u8.ToArray()).AsTask());
        using (var other = await rig.ConnectAsync(rig.Listen(small)))
        {
            Assert.Equal("small"u8.ToArray(), await other.ReceiveToEndAsync());
        }

        foreach (var contents in await Task.WhenAll(clients.Select(client => client.ReceiveToEndAsync())))
        {
            Assert.True(contents.AsSpan().SequenceEqual(file.Contents));
        }

        clients.ForEach(client => client.Dispose());
    }

    [Fact(Timeout = Patience)]
    public async Task SendFile_FileIsShorter_ThrowsEndOfStream()
    {
        using var file = new TemporaryFile(Bytes(10_000, 5));
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        await Assert.ThrowsAsync<EndOfStreamException>(() => server.SendFileAsync(new byte[10], file.Handle, 9_000, 2_000).AsTask());
        Assert.Equal(1_010, (await client.ReceiveAsync(1_010)).Length);
        server.Abort();
        await server.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(0, 0)]
    [InlineData(200, 0)]
    [InlineData(0, 612)]
    [InlineData(200, 612)]
    [InlineData(100_000, 3_000_000)]
    [InlineData(3_000_000, 100_000)]
    public async Task Send_TwoPieces_ArriveInOrder(int headLength, int bodyLength)
    {
        var head = Bytes(headLength, 6);
        var body = Bytes(bodyLength, 7);
        await using var rig = CreateRig();
        var handler = new ServeHandler(connection => connection.SendAsync(head, body).AsTask());
        using var client = await rig.ConnectAsync(rig.Listen(handler));
        var received = await client.ReceiveToEndAsync();
        await handler.Served;
        Assert.True(received.AsSpan().SequenceEqual((byte[])[.. head, .. body]));
    }

    [Fact(Timeout = Patience)]
    public async Task Send_WithMoreThenRest_ArrivesInOrder()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        await server.SendAsync("ab"u8.ToArray(), more: true);
        await server.SendAsync("cd"u8.ToArray());
        Assert.Equal("abcd"u8.ToArray(), await client.ReceiveAsync(4));
        await server.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Abort_FromAnotherThreadWhilePending_EndsBothOperations(bool onLoop)
    {
        for (var round = 0; round < 50; round++)
        {
            await using var rig = CreateRig();
            var observer = new RecordingObserver();
            var started = new TaskCompletionSource<IConnection>(TaskCreationOptions.RunContinuationsAsynchronously);
            var handler = new ServeHandler(async connection =>
            {
                connection.Observer = observer;
                if (!onLoop)
                {
                    await Task.Run(() => { }, TestContext.Current.CancellationToken);
                }

                var receiving = connection.ReceiveAsync(new byte[10]).AsTask();
                var sending = connection.SendAsync(new byte[32 << 20]).AsTask();
                started.SetResult(connection);
                Assert.Equal(ReceiveStatus.Reset, (await receiving).Status);
                await Assert.ThrowsAnyAsync<IOException>(() => sending);
            });
            using var client = await rig.ConnectAsync(rig.Listen(handler));
            var server = await started.Task;
            server.Abort();
            server.Abort();
            await handler.Served;
            await observer.Reset;
            await Assert.ThrowsAnyAsync<IOException>(client.ReceiveToEndAsync);
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Dispose_WhilePending_EndsTheReceive()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var observer = new RecordingObserver();
        server.Observer = observer;
        var receiving = server.ReceiveAsync(new byte[10]).AsTask();
        await server.DisposeAsync();
        Assert.Equal(ReceiveStatus.Reset, (await receiving).Status);
        Assert.Empty(await client.ReceiveToEndAsync());
        Assert.False(observer.Reset.IsCompleted);
        server.Abort();
    }

    [Fact(Timeout = Patience)]
    public async Task Receive_SecondWhilePending_Throws()
    {
        await using var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var receiving = server.ReceiveAsync(new byte[10]).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => server.ReceiveAsync(new byte[10]).AsTask());
        await client.SendAsync(new byte[3]);
        Assert.Equal(3, (await receiving).Count);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Dispose_OfTransport_AbortsConnections()
    {
        var rig = CreateRig();
        var (client, server) = await rig.ConnectPairAsync();
        using var mine = client;
        var receiving = server.ReceiveAsync(new byte[10]).AsTask();
        await rig.DisposeAsync();
        Assert.Equal(ReceiveStatus.Reset, (await receiving).Status);
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveToEndAsync);
        await server.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Dispose_OfListener_FreesEndpointAndKeepsConnections()
    {
        await using var rig = CreateRig();
        var listener = rig.Listen(ServeHandler.Echo);
        using var client = await rig.ConnectAsync(listener);
        await client.SendAsync(new byte[1]);
        await client.ReceiveAsync(1);
        await listener.DisposeAsync();
        await client.SendAsync(new byte[2]);
        Assert.Equal(2, (await client.ReceiveAsync(2)).Length);
        await using var again = rig.Listen(ServeHandler.Echo, $"http://127.0.0.1:{listener.Port}");
        using var other = await rig.ConnectAsync(again);
        await other.SendAsync(new byte[3]);
        Assert.Equal(3, (await other.ReceiveAsync(3)).Length);
    }

    [Fact(Timeout = Patience)]
    public async Task Bind_EndpointTaken_NamesItAndSaysWhy()
    {
        await using var rig = CreateRig();
        var listener = rig.Listen(ServeHandler.Echo);
        var error = Assert.ThrowsAny<IOException>(() => rig.Listen(ServeHandler.Echo, $"http://127.0.0.1:{listener.Port}"));
        Assert.Equal($"cannot listen on http://127.0.0.1:{listener.Port}: address already in use", error.Message);
    }

    [Fact(Timeout = Patience)]
    public async Task OnConnection_HandlerThrows_CostsThatConnectionOnly()
    {
        await using var rig = CreateRig();
        var failing = new Moq.Mock<IConnectionHandler>();
        failing.Setup(handler => handler.OnConnection(Moq.It.IsAny<IConnection>())).Throws<InvalidTimeZoneException>();
        var listener = rig.Listen(failing.Object);
        var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var lost = await rig.ConnectAsync(listener);
            await lost.ReceiveToEndAsync();
        });
        Assert.True(error is IOException or System.Net.Sockets.SocketException, error.ToString());
        using var client = await rig.ConnectAsync(rig.Listen(ServeHandler.Echo));
        await client.SendAsync(new byte[1]);
        Assert.Single(await client.ReceiveAsync(1));
    }

    private protected static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReceiveExactlyAsync(IConnection connection, int count, int bufferSize)
    {
        var all = new byte[count];
        for (var have = 0; have < count;)
        {
            var received = await connection.ReceiveAsync(all.AsMemory(have, Math.Min(bufferSize, count - have)));
            Assert.Equal(ReceiveStatus.Received, received.Status);
            have += received.Count;
        }

        return all;
    }
}
