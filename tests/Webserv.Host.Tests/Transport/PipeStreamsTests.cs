using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Webserv.Host.Configuration;
using Webserv.Host.Transport.Epoll;

namespace Webserv.Host.Tests.Transport;

/// <summary>Pipes on the event loops.</summary>
public sealed class PipeStreamsTests
{
    private const int Patience = 20_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task Read_WriterEnds_DeliversDataThenEnd()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (read, write) = OpenPair(rig);
        await using var reader = read;
        await write.WriteAsync("hello"u8.ToArray(), Cancellation);
        await write.DisposeAsync();
        Assert.Equal(0, await reader.ReadAsync(Memory<byte>.Empty, Cancellation));
        var buffer = new byte[10];
        Assert.Equal(5, await reader.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await reader.ReadAsync(buffer, Cancellation));
        Assert.Equal(0, await reader.ReadAsync(buffer, Cancellation));
    }

    [Theory(Timeout = Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_EndsAfterLessThanWasAskedFor_DeliversTheEnd(bool isSocket)
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        for (var i = 0; i < 100; i++)
        {
            var (read, write) = isSocket ? OpenSockets(rig, SocketType.Stream) : OpenPair(rig);
            await using var reader = read;
            var buffer = new byte[10];
            var first = reader.ReadAsync(buffer, Cancellation).AsTask();
            await write.WriteAsync("abc"u8.ToArray(), Cancellation);
            Assert.Equal(3, await first);

            // In turns before, with and after the bytes are read.
            var second = i % 2 == 0 ? reader.ReadAsync(buffer, Cancellation).AsTask() : null;
            await write.WriteAsync("de"u8.ToArray(), Cancellation);
            await write.DisposeAsync();
            Assert.Equal(2, await (second ?? reader.ReadAsync(buffer, Cancellation).AsTask()));
            Assert.Equal(0, await reader.ReadAsync(buffer, Cancellation));
        }
    }

    [Fact(Timeout = Patience)]
    public async Task Read_Messages_DeliversEveryOneThatIsThere()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenSockets(rig, SocketType.Seqpacket);
        for (var i = 1; i <= 5; i++)
        {
            await writer.WriteAsync(new byte[i], Cancellation);
        }

        for (var i = 1; i <= 5; i++)
        {
            Assert.Equal(i, await reader.ReadAsync(new byte[100], Cancellation));
        }

        await writer.DisposeAsync();
        Assert.Equal(0, await reader.ReadAsync(new byte[100], Cancellation));
        await reader.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Write_SlowReader_GoesOnWhenThereIsRoom()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        for (var i = 0; i < 10; i++)
        {
            var writing = writer.WriteAsync(new byte[300_000], Cancellation).AsTask();
            Assert.False(writing.IsCompleted);
            for (var left = 300_000; left > 0;)
            {
                left -= await reader.ReadAsync(new byte[Math.Min(left, 10_000)], Cancellation);
            }

            await writing;
        }

        await reader.DisposeAsync();
        await writer.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Read_EmptyBuffer_WaitsUntilReadable()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        for (var i = 0; i < 3; i++)
        {
            var waiting = reader.ReadAsync(Memory<byte>.Empty, Cancellation).AsTask();
            Assert.False(waiting.IsCompleted);
            await writer.WriteAsync("abc"u8.ToArray(), Cancellation);
            Assert.Equal(0, await waiting);
            Assert.Equal(3, await reader.ReadAsync(new byte[10], Cancellation));
        }

        await reader.DisposeAsync();
        await writer.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Write_ReaderIsGone_ThrowsIOException()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        await using var mine = writer;
        var pending = writer.WriteAsync(new byte[1 << 20], Cancellation).AsTask();
        await reader.DisposeAsync();
        await Assert.ThrowsAsync<IOException>(() => pending);
        await Assert.ThrowsAsync<IOException>(() => writer.WriteAsync(new byte[1], Cancellation).AsTask());
    }

    [Fact(Timeout = Patience)]
    public async Task Read_CancelledWhilePending_EndsAndTheNextReadWorks()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        for (var i = 0; i < 200; i++)
        {
            using var source = new CancellationTokenSource();
            var pending = reader.ReadAsync(new byte[10], source.Token).AsTask();
            await source.CancelAsync();
            var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
            Assert.Equal(source.Token, error.CancellationToken);
            var next = reader.ReadAsync(new byte[10], Cancellation).AsTask();
            await writer.WriteAsync(new byte[3], Cancellation);
            Assert.Equal(3, await next);
        }

        await reader.DisposeAsync();
        await writer.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Write_CancelledWhilePending_Ends()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        using var source = new CancellationTokenSource();
        var pending = writer.WriteAsync(new byte[1 << 20], source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);
        await reader.DisposeAsync();
        await writer.DisposeAsync();
    }

    [Fact(Timeout = Patience)]
    public async Task Read_DisposedWhilePending_Ends()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        var (reader, writer) = OpenPair(rig);
        var pending = reader.ReadAsync(new byte[10], Cancellation).AsTask();
        await reader.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pending);
        await writer.DisposeAsync();
    }

    [Theory(Timeout = Patience)]
    [InlineData("Epoll")]
    [InlineData("Sockets")]
    public async Task ReadAndWrite_MegabytesThroughAProcess_ArriveWhole(string kind)
    {
        await using var rig = TransportRig.Of(Enum.Parse<TransportKind>(kind));
        using var input = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
        using var output = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c",
                $"exec cat </dev/fd/{input.GetClientHandleAsString()} >/dev/fd/{output.GetClientHandleAsString()}",
            },
        };
        using var cat = Process.Start(start)!;
        input.DisposeLocalCopyOfClientHandle();
        output.DisposeLocalCopyOfClientHandle();
        var data = new byte[5_000_000];
        new Random(1).NextBytes(data);
        await using var writer = rig.Transport.Pipes.OpenWrite(Take(input));
        await using var reader = rig.Transport.Pipes.OpenRead(Take(output));
        var writing = Task.Run(
            async () =>
            {
                await writer.WriteAsync(data, Cancellation);
                await writer.DisposeAsync();
            },
            Cancellation);
        using var all = new MemoryStream();
        await reader.CopyToAsync(all, Cancellation);
        await writing;
        Assert.True(all.ToArray().AsSpan().SequenceEqual(data));
        await cat.WaitForExitAsync(Cancellation);
    }

    [Fact(Timeout = Patience)]
    public async Task OpenRead_RegularFile_SaysThatItCannotBeWaitedFor()
    {
        await using var rig = TransportRig.Of(TransportKind.Epoll);
        using var file = new TemporaryFile([1]);
        var error = Assert.Throws<IOException>(() => rig.Transport.Pipes.OpenRead(file.Handle));
        Assert.Contains("cannot be waited for", error.Message, StringComparison.Ordinal);
    }

    private static (Stream Reader, Stream Writer) OpenSockets(TransportRig rig, SocketType type)
    {
        using var listener = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint($"\0webserv-{Guid.NewGuid():N}"));
        listener.Listen();
        using var writer = new Socket(AddressFamily.Unix, type, ProtocolType.Unspecified);
        writer.Connect(listener.LocalEndPoint!);
        using var reader = listener.Accept();
        return (rig.Transport.Pipes.OpenRead(Duplicate(reader)), rig.Transport.Pipes.OpenWrite(Duplicate(writer)));
    }

    private static (Stream Reader, Stream Writer) OpenPair(TransportRig rig)
    {
        using var server = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.None);
        var writer = rig.Transport.Pipes.OpenWrite(new SafeFileHandle(server.ClientSafePipeHandle.DangerousGetHandle(), ownsHandle: true));
        server.ClientSafePipeHandle.SetHandleAsInvalid();
        return (rig.Transport.Pipes.OpenRead(Take(server)), writer);
    }

    private static SafeFileHandle Duplicate(Socket socket) =>
        new(LibC.Control((int)socket.Handle, LibC.DuplicateCloseOnExec, 0), ownsHandle: true);

    private static SafeFileHandle Take(PipeStream pipe)
    {
        var handle = new SafeFileHandle(pipe.SafePipeHandle.DangerousGetHandle(), ownsHandle: true);
        pipe.SafePipeHandle.SetHandleAsInvalid();
        return handle;
    }
}
