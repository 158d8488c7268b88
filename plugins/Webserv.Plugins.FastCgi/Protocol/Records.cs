using System.Buffers;
using System.Buffers.Binary;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Writes what the server sends (FastCGI 1.0 sections 4 and 5).</summary>
internal static class Records
{
    private const byte KeepConnection = 1;
    private const int BeginLength = RecordHeader.Size + 8;

    /// <summary>How many bytes <see cref="WriteHead"/> writes at most.</summary>
    public static int HeadLength(int variables) =>
        BeginLength + variables + ((variables / RecordHeader.MaxContent) + 1) * (RecordHeader.Size + 7) + RecordHeader.Size;

    /// <summary>Writes BEGIN_REQUEST and the whole stream PARAMS.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int WriteHead(Span<byte> destination, ushort requestId, Role role, bool keepConnection, ReadOnlySpan<byte> variables)
    {
        new RecordHeader(RecordType.BeginRequest, requestId, 8, 0).Write(destination);
        var body = destination.Slice(RecordHeader.Size, 8);
        body.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)role);
        body[2] = keepConnection ? KeepConnection : (byte)0;
        var length = BeginLength;
        while (!variables.IsEmpty)
        {
            var part = variables[..Math.Min(variables.Length, RecordHeader.MaxContent)];
            length += WriteRecord(destination[length..], RecordType.Params, requestId, part);
            variables = variables[part.Length..];
        }

        return length + WriteRecord(destination[length..], RecordType.Params, requestId, []);
    }

    /// <summary>How many bytes a record with so much content takes.</summary>
    public static int RecordLength(int content) => RecordHeader.Size + ((content + 7) & ~7);

    /// <summary>Writes a record, padded; an empty one ends a stream.</summary>
    /// <returns>How many bytes it took.</returns>
    public static int WriteRecord(Span<byte> destination, RecordType type, ushort requestId, ReadOnlySpan<byte> content)
    {
        var header = RecordHeader.Padded(type, requestId, content.Length);
        header.Write(destination);
        content.CopyTo(destination[RecordHeader.Size..]);
        destination.Slice(RecordHeader.Size + content.Length, header.PaddingLength).Clear();
        return RecordHeader.Size + content.Length + header.PaddingLength;
    }

    /// <summary>The record that asks for values.</summary>
    public static byte[] GetValues(params string[] names)
    {
        var pairs = new ArrayBufferWriter<byte>();
        foreach (var name in names)
        {
            NameValuePairs.Write(pairs, name, "");
        }

        var record = new byte[RecordLength(pairs.WrittenCount)];
        WriteRecord(record, RecordType.GetValues, 0, pairs.WrittenSpan);
        return record;
    }
}
