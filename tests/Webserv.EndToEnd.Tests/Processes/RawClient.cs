using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>A TCP connection that sends and receives bytes as they are; every wait ends after 30 seconds.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly MemoryStream _received = new();

    private RawClient(Socket socket) => Socket = socket;

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <summary>Connects.</summary>
    public static async Task<RawClient> ConnectAsync(Uri endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using var timeout = NewTimeout();
            await socket.ConnectAsync(endpoint.Host.Trim('[', ']'), endpoint.Port, timeout.Token);
            return new RawClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends text, a byte a character.</summary>
    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends bytes.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var timeout = NewTimeout();
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await Socket.SendAsync(bytes, timeout.Token)..];
        }
    }

    /// <summary>Reads what there is until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await ReceiveAsync())
        {
        }

        return Take((int)_received.Length);
    }

    /// <summary>Reads until a text has come.</summary>
    /// <returns>Everything up to and with it; what is behind it stays for the next call.</returns>
    public async Task<string> ReadUntilAsync(string text)
    {
        while (true)
        {
            var at = Encoding.Latin1.GetString(_received.GetBuffer(), 0, (int)_received.Length).IndexOf(text, StringComparison.Ordinal);
            if (at >= 0)
            {
                return Take(at + text.Length);
            }

            if (!await ReceiveAsync())
            {
                Assert.Fail($"The connection was closed before \"{text}\" came: {Take((int)_received.Length)}");
            }
        }
    }

    /// <summary>Reads one response whose body has a Content-Length or is chunked, interim responses passed over.</summary>
    /// <returns>Head and body as they came.</returns>
    public async Task<string> ReadResponseAsync()
    {
        while (true)
        {
            var head = await ReadUntilAsync("\r\n\r\n");
            if (head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal))
            {
                continue;
            }

            if (head.Contains("\r\nTransfer-Encoding: chunked\r\n", StringComparison.OrdinalIgnoreCase))
            {
                return head + await ReadUntilAsync("0\r\n\r\n");
            }

            const string Field = "\r\nContent-Length: ";
            var at = head.IndexOf(Field, StringComparison.OrdinalIgnoreCase);
            if (at < 0)
            {
                return head;
            }

            var digits = head.AsSpan(at + Field.Length);
            var length = int.Parse(digits[..digits.IndexOf('\r')], CultureInfo.InvariantCulture);
            while (_received.Length < length && await ReceiveAsync())
            {
            }

            Assert.True(_received.Length >= length, $"The connection was closed after {_received.Length} of {length} bytes.");
            return head + Take(length);
        }
    }

    /// <summary>Ends the sending direction.</summary>
    public void ShutdownSend() => Socket.Shutdown(SocketShutdown.Send);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        Socket.LingerState = new LingerOption(true, 0);
        Socket.Dispose();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Socket.Dispose();
        _received.Dispose();
    }

    private async Task<bool> ReceiveAsync()
    {
        using var timeout = NewTimeout();
        var buffer = new byte[64 * 1024];
        var count = await Socket.ReceiveAsync(buffer, timeout.Token);
        _received.Write(buffer, 0, count);
        return count > 0;
    }

    private string Take(int count)
    {
        var all = _received.ToArray();
        _received.SetLength(0);
        _received.Write(all, count, all.Length - count);
        return Encoding.Latin1.GetString(all, 0, count);
    }

    private static CancellationTokenSource NewTimeout()
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        source.CancelAfter(Timeout);
        return source;
    }
}
