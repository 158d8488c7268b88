using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Webserv.Host.Http1;

namespace Webserv.Host.Logging;

/// <summary>Writes the parts of a line behind each other into a buffer. Where one does not fit, nothing more is written and <see cref="IsFull"/> tells.</summary>
internal ref struct LogLineWriter(Span<byte> target)
{
    // The longest that an octet becomes: \u00HH.
    private const int MaxEscape = 6;

    private static readonly SearchValues<byte> Plain = SearchValues.Create(Octets.Range(0x20, 0x7E, '"', '\\'));

    private readonly Span<byte> _target = target;

    /// <summary>The bytes that were written.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a part did not fit.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Writes octets as they are.</summary>
    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_target[Count..]))
        {
            Count += bytes.Length;
        }
        else
        {
            Fill();
        }
    }

    /// <summary>Writes a number in decimal digits.</summary>
    public void Write(long number) => Advance(Utf8Formatter.TryFormat(number, _target[Count..], out var written), written);

    /// <summary>Writes a number in hexadecimal digits.</summary>
    public void WriteHex(long number) => Advance(Utf8Formatter.TryFormat(number, _target[Count..], out var written, 'x'), written);

    /// <summary>Writes seconds with six digits behind the point.</summary>
    public void WriteSeconds(TimeSpan duration)
    {
        var microseconds = Math.Max(0, duration.Ticks / TimeSpan.TicksPerMicrosecond);
        Write(microseconds / 1_000_000);
        Write("."u8);
        Advance(Utf8Formatter.TryFormat(microseconds % 1_000_000, _target[Count..], out var written, new StandardFormat('D', 6)), written);
    }

    /// <summary>
    /// Writes octets that a client chose as nginx does: quotation marks, backslashes and everything that is no visible ASCII
    /// becomes <c>\xHH</c>, so that no client can end a field or a line.
    /// </summary>
    /// <param name="bytes">The octets.</param>
    /// <param name="most">The most bytes that they may become; what is more is left out, with three full stops in its place.</param>
    public void WriteEscaped(scoped ReadOnlySpan<byte> bytes, int most) => WriteParts(bytes, most, isJson: false);

    /// <summary>
    /// Writes octets that a client chose as the inside of a string of JSON. What is UTF-8 stays what it is, but for control
    /// characters; what is not becomes the replacement character.
    /// </summary>
    /// <param name="bytes">The octets.</param>
    /// <param name="most">The most bytes that they may become; what is more is left out, with three full stops in its place.</param>
    public void WriteJson(scoped ReadOnlySpan<byte> bytes, int most) => WriteParts(bytes, most, isJson: true);

    private void WriteParts(scoped ReadOnlySpan<byte> bytes, int most, bool isJson)
    {
        var end = Count + most;
        while (!bytes.IsEmpty)
        {
            var plain = bytes.IndexOfAnyExcept(Plain);
            plain = plain < 0 ? bytes.Length : plain;
            if (Count + plain > end)
            {
                Write(bytes[..Math.Max(0, end - Count)]);
                Write("..."u8);
                return;
            }

            Write(bytes[..plain]);
            bytes = bytes[plain..];
            if (bytes.IsEmpty || IsFull)
            {
                return;
            }

            if (Count + MaxEscape > end)
            {
                Write("..."u8);
                return;
            }

            bytes = bytes[(isJson ? WriteJsonRune(bytes) : WriteOctet(bytes[0]))..];
        }
    }

    private int WriteOctet(byte octet)
    {
        Write([(byte)'\\', (byte)'x', HexDigit(octet >> 4), HexDigit(octet)]);
        return 1;
    }

    private int WriteJsonRune(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes[0] is (byte)'"' or (byte)'\\')
        {
            Write([(byte)'\\', bytes[0]]);
            return 1;
        }

        if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) != OperationStatus.Done)
        {
            Write("\uFFFD"u8);
        }
        else if (rune.Value is < 0x20 or (>= 0x7F and < 0xA0) or 0x2028 or 0x2029)
        {
            // Control characters, C1 among them, and the line ends of Unicode: terminals and some readers act on them.
            Write([
                (byte)'\\', (byte)'u', HexDigit(rune.Value >> 12), HexDigit(rune.Value >> 8), HexDigit(rune.Value >> 4), HexDigit(rune.Value),
            ]);
        }
        else
        {
            Write(bytes[..length]);
        }

        return length;
    }

    private static byte HexDigit(int value) => "0123456789ABCDEF"u8[value & 15];

    private void Advance(bool fitted, int count)
    {
        if (fitted)
        {
            Count += count;
        }
        else
        {
            Fill();
        }
    }

    private void Fill() => IsFull = true;
}
