using System.Net.Sockets;
using Webserv.Host.Transport.Memory;

namespace Webserv.Host.Tests.Transport;

/// <summary>The client's end of a connection, whatever it runs over.</summary>
internal sealed class TestClient(Stream stream, Action shutdownSend, Action reset) : IDisposable
{
    public Stream Stream => stream;

    public static TestClient Of(MemoryClient client) => new(client, client.ShutdownSend, client.Reset);

    public static TestClient Of(Socket socket) => new(
        new NetworkStream(socket, ownsSocket: true),
        () => socket.Shutdown(SocketShutdown.Send),
        () =>
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            socket.Close(0);
        });

    public void ShutdownSend() => shutdownSend();

    public void Reset() => reset();

    public async Task SendAsync(ReadOnlyMemory<byte> data) =>
        await stream.WriteAsync(data, TestContext.Current.CancellationToken);

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var data = new byte[count];
        await stream.ReadExactlyAsync(data, TestContext.Current.CancellationToken);
        return data;
    }

    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, TestContext.Current.CancellationToken);
        return all.ToArray();
    }

    public void Dispose() => stream.Dispose();
}
