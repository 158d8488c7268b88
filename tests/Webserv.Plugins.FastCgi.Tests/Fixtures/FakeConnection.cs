using System.Net.Sockets;
using System.Text;

namespace Webserv.Plugins.FastCgi.Tests.Fixtures;

/// <summary>A connection as a FastCGI program sees it, with an encoding of its own, so that no mistake is made twice.</summary>
internal sealed class FakeConnection(Socket socket) : IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    /// <summary>Reads the next record; <see langword="null"/> at the end.</summary>
    public async Task<FakeRecord?> ReadAsync()
    {
        var header = new byte[8];
        if (await _stream.ReadAtLeastAsync(header, 8, throwOnEndOfStream: false) < 8)
        {
            return null;
        }

        Assert.Equal(1, header[0]);
        var content = new byte[(header[4] << 8) + header[5] + header[6]];
        await _stream.ReadExactlyAsync(content);
        return new FakeRecord(header[1], (header[2] << 8) + header[3], content[..^header[6]]);
    }

    /// <summary>Reads a whole request; <see langword="null"/> at the end of the connection.</summary>
    public async Task<FakeRequest?> ReadRequestAsync()
    {
        if (await ReadAsync() is not { } begin)
        {
            return null;
        }

        Assert.Equal((1, 8), (begin.Type, begin.Content.Length));
        var request = new FakeRequest(begin.Id, (begin.Content[0] << 8) + begin.Content[1], begin.Content[2]);
        foreach (var (type, target) in new[] { ((byte)4, request.Params), ((byte)5, request.Body), ((byte)8, request.Data) })
        {
            if (type == 8 && request.Role != 3)
            {
                break; // Only a Filter gets a file.
            }

            while (true)
            {
                var record = await ReadAsync();
                if (record is null)
                {
                    return null;
                }

                Assert.Equal((type, begin.Id), (record.Type, record.Id));
                if (record.Content.Length == 0)
                {
                    break;
                }

                target.Write(record.Content);
            }
        }

        return request;
    }

    public Task WriteAsync(byte[] bytes) => _stream.WriteAsync(bytes).AsTask();

    /// <summary>Writes a record.</summary>
    public Task WriteAsync(byte type, int id, string content, int padding = 0) => WriteAsync(Record(type, id, Encoding.Latin1.GetBytes(content), padding));

    /// <summary>Answers a request.</summary>
    public Task AnswerAsync(int id, string answer, byte status = 0) => WriteAsync(Answer(id, answer, status));

    /// <summary>Fails when the other side has closed.</summary>
    public async Task<bool> IsClosedAsync() => await _stream.ReadAsync(new byte[1]) == 0;

    public void Dispose() => _stream.Dispose();

    /// <summary>The records of an answer.</summary>
    public static byte[] Answer(int id, string answer, byte status = 0) =>
        [.. Encoding.Latin1.GetBytes(answer).Chunk(65_000).SelectMany(part => Record(6, id, part, 3)), .. Record(6, id, [], 0), .. End(id, status)];

    public static byte[] End(int id, byte status = 0, byte code = 0) => Record(3, id, [0, 0, 0, code, status, 0, 0, 0], 0);

    public static byte[] Record(byte type, int id, byte[] content, int padding) =>
        [1, type, (byte)(id >> 8), (byte)id, (byte)(content.Length >> 8), (byte)content.Length, (byte)padding, 0, .. content, .. Enumerable.Repeat((byte)0xEE, padding)];
}
