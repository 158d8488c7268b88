using System.Buffers.Binary;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>What each record begins with (FastCGI 1.0 section 3.3).</summary>
/// <param name="Type">What it is.</param>
/// <param name="RequestId">Whose it is; 0 is the connection's.</param>
/// <param name="ContentLength">How many bytes of content follow.</param>
/// <param name="PaddingLength">How many bytes follow that mean nothing.</param>
internal readonly record struct RecordHeader(RecordType Type, ushort RequestId, ushort ContentLength, byte PaddingLength)
{
    /// <summary>Its length in bytes.</summary>
    public const int Size = 8;

    /// <summary>The most content of one record.</summary>
    public const int MaxContent = 65535;

    private const byte Version = 1;

    /// <summary>A header whose padding makes the record a multiple of eight bytes long.</summary>
    public static RecordHeader Padded(RecordType type, ushort requestId, int contentLength) =>
        new(type, requestId, checked((ushort)contentLength), (byte)(-contentLength & 7));

    /// <summary>Reads one.</summary>
    /// <exception cref="FastCgiProtocolException">It is of another version of the protocol, or none at all.</exception>
    public static RecordHeader Read(ReadOnlySpan<byte> data) => data[0] == Version
        ? new RecordHeader(
            (RecordType)data[1],
            BinaryPrimitives.ReadUInt16BigEndian(data[2..]),
            BinaryPrimitives.ReadUInt16BigEndian(data[4..]),
            data[6])
        : throw new FastCgiProtocolException($"a record of version {data[0]} where there is only version {Version}");

    /// <summary>Writes it.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], RequestId);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], ContentLength);
        destination[6] = PaddingLength;
        destination[7] = 0;
    }
}
