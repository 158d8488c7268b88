using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Webserv.EndToEnd.Tests.Processes;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>Asks for files on a connection that is kept, byte for byte, and tells a whole answer from a cut one.</summary>
internal sealed class FileReader(ServerProcess server) : IDisposable
{
    private RawClient? _client;

    /// <summary>An answer. <see cref="IsWhole"/> tells whether all that Content-Length promises came; the status is 0 where not even the head did.</summary>
    internal sealed record Answer(int Status, string Head, byte[] Body, bool IsWhole)
    {
        /// <summary>The value of a field; empty where there is none.</summary>
        public string this[string name]
        {
            get
            {
                var at = Head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
                return at < 0 ? "" : Head[(at + name.Length + 4)..Head.IndexOf("\r\n", at + 2, StringComparison.Ordinal)];
            }
        }
    }

    /// <summary>Asks for a path. After an answer that was cut the next one comes on a connection of its own.</summary>
    public async Task<Answer> GetAsync(string path, string fields, CancellationToken cancellation)
    {
        _client ??= await server.ConnectAsync();
        await _client.SendAsync($"GET {path} HTTP/1.1\r\nHost: x\r\n{fields}\r\n");
        var buffer = new byte[64 * 1024];
        var count = 0;
        int end;
        while ((end = buffer.AsSpan(0, count).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int got;
            try
            {
                got = await _client.Socket.ReceiveAsync(buffer.AsMemory(count), SocketFlags.None, cancellation);
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
            {
                // The file ended before anything of it had gone out: the head, which waits for the beginning of its body, went with it.
                _client.Dispose();
                _client = null;
                return new Answer(0, "", [], IsWhole: false);
            }

            Assert.True(got > 0, "the connection ended within a head: " + Encoding.Latin1.GetString(buffer, 0, count));
            count += got;
        }

        var answer = new Answer(int.Parse(Encoding.Latin1.GetString(buffer, 9, 3), CultureInfo.InvariantCulture), Encoding.Latin1.GetString(buffer, 0, end + 2), [], true);
        var body = new byte[int.Parse(answer["Content-Length"], CultureInfo.InvariantCulture)];
        var have = count - end - 4;
        Assert.True(have <= body.Length, $"{have} bytes where Content-Length is {body.Length}");
        buffer.AsSpan(end + 4, have).CopyTo(body);
        if (await ReceiveAsync(_client, body.AsMemory(have), cancellation))
        {
            return answer with { Body = body };
        }

        _client.Dispose();
        _client = null;
        return answer with { IsWhole = false };
    }

    /// <inheritdoc />
    public void Dispose() => _client?.Dispose();

    private static async Task<bool> ReceiveAsync(RawClient client, Memory<byte> rest, CancellationToken cancellation)
    {
        try
        {
            while (!rest.IsEmpty)
            {
                var got = await client.Socket.ReceiveAsync(rest, SocketFlags.None, cancellation);
                Assert.True(got > 0, "the connection ended in order within a body");
                rest = rest[got..];
            }

            return true;
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.ConnectionReset)
        {
            // How the server says that there will not be more of it; whether it may is for the test to say.
            return false;
        }
    }
}
