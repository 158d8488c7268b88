using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Names and values as PARAMS and GET_VALUES carry them (FastCGI 1.0 section 3.4): two lengths, then both texts.</summary>
internal static class NameValuePairs
{
    private const int LongestOneByte = 127;

    /// <summary>Appends a pair; the texts become UTF-8.</summary>
    public static void Write(IBufferWriter<byte> writer, string name, string value)
    {
        var nameLength = Encoding.UTF8.GetByteCount(name);
        var valueLength = Encoding.UTF8.GetByteCount(value);
        var span = writer.GetSpan(8 + nameLength + valueLength);
        var length = WriteLength(span, nameLength);
        length += WriteLength(span[length..], valueLength);
        length += Encoding.UTF8.GetBytes(name, span[length..]);
        length += Encoding.UTF8.GetBytes(value, span[length..]);
        writer.Advance(length);
    }

    /// <summary>Reads a whole list of pairs.</summary>
    /// <exception cref="FastCgiProtocolException">It is cut off.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Read(ReadOnlySpan<byte> data)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        while (!data.IsEmpty)
        {
            var nameLength = ReadLength(ref data);
            var valueLength = ReadLength(ref data);
            if (nameLength > data.Length || valueLength > data.Length - nameLength)
            {
                throw new FastCgiProtocolException("a name or value is longer than its record");
            }

            pairs.Add(new(Encoding.UTF8.GetString(data[..nameLength]), Encoding.UTF8.GetString(data.Slice(nameLength, valueLength))));
            data = data[(nameLength + valueLength)..];
        }

        return pairs;
    }

    private static int WriteLength(Span<byte> destination, int length)
    {
        if (length <= LongestOneByte)
        {
            destination[0] = (byte)length;
            return 1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)length | 0x80000000);
        return 4;
    }

    private static int ReadLength(ref ReadOnlySpan<byte> data)
    {
        var size = data.IsEmpty || data[0] <= LongestOneByte ? 1 : 4;
        if (data.Length < size)
        {
            throw new FastCgiProtocolException("a list of names and values is cut off");
        }

        var length = size == 1 ? data[0] : (int)(BinaryPrimitives.ReadUInt32BigEndian(data) & 0x7FFFFFFF);
        data = data[size..];
        return length;
    }
}
