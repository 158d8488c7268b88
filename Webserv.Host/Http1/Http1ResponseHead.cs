using System.Buffers.Text;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>Writes response heads (RFC 9112 section 4 and 5).</summary>
internal static class Http1ResponseHead
{
    // Status line, Date, Server, Connection, Content-Length or Transfer-Encoding, and the empty line.
    private const int FixedSize = 256;

    /// <summary>Writes a head.</summary>
    /// <param name="output">Where it is gathered.</param>
    /// <param name="statusCode">100 to 599.</param>
    /// <param name="fields">The fields that the server does not own.</param>
    /// <param name="framing">How the body ends.</param>
    /// <param name="length">Content-Length, where there is one to tell.</param>
    /// <param name="connection">What the Connection field says; nothing where it is empty.</param>
    /// <param name="date">The Date line.</param>
    public static void Write(
        Http1Output output,
        int statusCode,
        ResponseFields fields,
        BodyFraming framing,
        long? length,
        ReadOnlySpan<byte> connection,
        ReadOnlySpan<byte> date)
    {
        var size = FixedSize;
        var names = fields.Names;
        var values = fields.Values;
        for (var index = 0; index < names.Length; index++)
        {
            foreach (var value in values[index])
            {
                size += names[index].Length + (value?.Length ?? 0) + 4;
            }
        }

        var span = output.GetSpan(size);
        var writer = new SpanWriter(span);
        writer.Add(StatusLines.Get(statusCode));
        if (!fields.Contains(Fields.Date))
        {
            writer.Add(date);
        }

        if (!fields.Contains(Fields.Server))
        {
            writer.Add("Server: webserv\r\n"u8);
        }

        for (var index = 0; index < names.Length; index++)
        {
            foreach (var value in values[index])
            {
                writer.Add(names[index]);
                writer.Add(": "u8);
                writer.Add(value);
                writer.Add("\r\n"u8);
            }
        }

        if (framing == BodyFraming.Chunked)
        {
            writer.Add("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (length is { } contentLength)
        {
            writer.Add("Content-Length: "u8);
            writer.Add(contentLength);
            writer.Add("\r\n"u8);
        }

        if (!connection.IsEmpty)
        {
            writer.Add("Connection: "u8);
            writer.Add(connection);
            writer.Add("\r\n"u8);
        }

        writer.Add("\r\n"u8);
        output.Advance(writer.Position);
    }

    private ref struct SpanWriter(Span<byte> span)
    {
        private readonly Span<byte> _span = span;

        public int Position { get; private set; }

        public void Add(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_span[Position..]);
            Position += bytes.Length;
        }

        public void Add(string? text) => Position += Encoding.Latin1.GetBytes(text, _span[Position..]);

        public void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _span[Position..], out var written);
            Position += written;
        }
    }
}
