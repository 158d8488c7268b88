using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Webserv.Host.Http1;

namespace Webserv.Fuzzing.Targets.Http1;

/// <summary>The chunked decoder.</summary>
internal sealed partial class ChunkedTarget : IFuzzTarget
{
    /// <inheritdoc />
    public string Name => "chunked";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        var whole = Decode(input, new Cuts(input), int.MaxValue, int.MaxValue, takeDirect: false);
        BrokenPropertyException.ThrowIfDifferent(whole, Decode(input, new Cuts(input), 1, 1, takeDirect: false), "byte by byte");
        BrokenPropertyException.ThrowIfDifferent(whole, Decode(input, new Cuts(input), 32, 16, takeDirect: false), "cut anywhere");
        BrokenPropertyException.ThrowIfDifferent(whole, Decode(input, new Cuts(input), 32, 16, takeDirect: true), "with data taken past the decoder");
        if (whole.Status != ParseStatus.Complete)
        {
            return;
        }

        BrokenPropertyException.ThrowIfDifferent(Reference(Encoding.Latin1.GetString(input[..whole.Consumed])), whole.Data, "what the grammar says");
        var coded = whole.Data.Length == 0 ? "0\r\n\r\n" : $"{whole.Data.Length:X}\r\n{whole.Data}\r\n0\r\n\r\n";
        var again = Decode(Encoding.Latin1.GetBytes(coded), default, int.MaxValue, int.MaxValue, takeDirect: false);
        BrokenPropertyException.ThrowIfDifferent(whole with { Consumed = coded.Length }, again, "coded and decoded again");
    }

    private static Decoded Decode(ReadOnlySpan<byte> input, Cuts cuts, int largestPiece, int largestRoom, bool takeDirect)
    {
        var decoder = default(ChunkedDecoder);
        var data = new MemoryStream();
        var consumed = 0;
        var room = new byte[Math.Min(largestRoom, Math.Max(1, input.Length))];
        var status = ParseStatus.NeedMore;
        while (status == ParseStatus.NeedMore && consumed < input.Length)
        {
            var piece = largestPiece == int.MaxValue ? input[consumed..] : input.Slice(consumed, Math.Min(input.Length - consumed, cuts.Next(largestPiece)));
            if (takeDirect && decoder.DataExpected > 0)
            {
                var direct = (int)Math.Min(decoder.DataExpected, piece.Length);
                data.Write(piece[..direct]);
                decoder.SkipData(direct);
                consumed += direct;
                continue;
            }

            status = decoder.Decode(piece, room, out var used, out var written);
            BrokenPropertyException.ThrowUnless(used > 0 && used <= piece.Length && written <= used, "no progress, or more than there was");
            data.Write(room, 0, written);
            consumed += used;
        }

        BrokenPropertyException.ThrowIfDifferent(status == ParseStatus.Complete, decoder.IsComplete, "complete");
        return new Decoded(status, decoder.Rejection, consumed, Encoding.Latin1.GetString(data.ToArray()));
    }

    /// <summary>Written from RFC 9112 section 7.1 without a look at the decoder; throws where the text is no chunked body to its last character.</summary>
    private static string Reference(string text)
    {
        var data = new StringBuilder();
        var position = 0;
        while (true)
        {
            var line = SizeLine().Match(text, position);
            BrokenPropertyException.ThrowUnless(line.Success, $"no chunk begins at {position}");
            position += line.Length;
            var size = long.Parse(line.Groups[1].ValueSpan, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (size == 0)
            {
                break;
            }

            BrokenPropertyException.ThrowUnless(size <= text.Length - position - 2, $"the chunk at {position} is longer than the body");
            data.Append(text.AsSpan(position, (int)size));
            position += (int)size;
            BrokenPropertyException.ThrowIfDifferent("\r\n", text.Substring(position, 2), "the end of a chunk");
            position += 2;
        }

        BrokenPropertyException.ThrowUnless(Trailers().IsMatch(text[position..]), "no trailer section");
        return data.ToString();
    }

    [GeneratedRegex("""\G([0-9A-Fa-f]{1,16})(?:[ \t]*;[\t\x20-\x7E\x80-\xFF]*)?\r\n""", RegexOptions.CultureInvariant)]
    private static partial Regex SizeLine();

    [GeneratedRegex("""\A(?:[!#$%&'*+\-.^_`|~0-9A-Za-z][^\r\n\0]*\r\n)*\r\n\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Trailers();

    private sealed record Decoded(ParseStatus Status, RequestRejection Rejection, int Consumed, string Data);
}
