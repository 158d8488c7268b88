using System.Buffers.Text;
using System.Text;
using Microsoft.Extensions.Primitives;
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
    /// <param name="memo">Remembers what fields look like when they are written.</param>
    /// <param name="framing">How the body ends.</param>
    /// <param name="length">Content-Length, where there is one to tell.</param>
    /// <param name="connection">What the Connection field says besides <c>upgrade</c>, which goes with the field Upgrade; empty for nothing.</param>
    /// <param name="date">The Date line.</param>
    public static void Write(
        Http1Output output,
        int statusCode,
        ResponseFields fields,
        ResponseFieldMemo memo,
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

        var known = memo.Find(fields, size - FixedSize);
        var writer = new SpanWriter(output.GetSpan(size));
        writer.Add(StatusLines.Get(statusCode));
        if (!(known?.HasDate ?? fields.Contains(Fields.Date)))
        {
            writer.Add(date);
        }

        if (!(known?.HasServer ?? fields.Contains(Fields.Server)))
        {
            writer.Add("Server: webserv\r\n"u8);
        }

        if (known is not null)
        {
            writer.Add(known.Bytes);
        }
        else
        {
            writer.Add(names, values);
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

        // RFC 9110 section 7.8: whoever sends Upgrade, with whatever status, names it in Connection.
        var hasUpgrade = known?.HasUpgrade ?? fields.Contains(Fields.Upgrade);
        if (hasUpgrade || !connection.IsEmpty)
        {
            writer.Add("Connection: "u8);
            writer.Add(connection);
            writer.Add(!hasUpgrade ? default : connection.IsEmpty ? "upgrade"u8 : ", upgrade"u8);
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

        public void Add(ReadOnlySpan<string> names, ReadOnlySpan<StringValues> values)
        {
            for (var index = 0; index < names.Length; index++)
            {
                foreach (var value in values[index])
                {
                    Add(names[index]);
                    Add(": "u8);
                    Add(value);
                    Add("\r\n"u8);
                }
            }
        }

        public void Add(string? text) => Position += Encoding.Latin1.GetBytes(text, _span[Position..]);

        public void Add(long number)
        {
            Utf8Formatter.TryFormat(number, _span[Position..], out var written);
            Position += written;
        }
    }
}
