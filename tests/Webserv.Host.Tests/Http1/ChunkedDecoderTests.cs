using System.Globalization;
using System.Text;
using CsCheck;
using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

public sealed class ChunkedDecoderTests
{
    private const string Alphabet = "0123abcF;: \r\n\r\n\tx\"";

    private static readonly string LongExtension = new('x', 4096);

    public static TheoryData<string, string> Valid => new()
    {
        { "0\r\n\r\n", "" },
        { "3\r\nabc\r\n0\r\n\r\n", "abc" },
        { "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc" },
        { "A\r\n0123456789\r\n0\r\n\r\n", "0123456789" },
        { "a\r\n0123456789\r\n000\r\n\r\n", "0123456789" },
        { "0000000000000003\r\nabc\r\n0\r\n\r\n", "abc" },
        { "2\r\n\r\n\r\n0\r\n\r\n", "\r\n" },
        { "3;x\r\nabc\r\n0\r\n\r\n", "abc" },
        { "3;x=1;y=\"a b\"\r\nabc\r\n0;z\r\n\r\n", "abc" },
        { "3 ;x\r\nabc\r\n0\r\n\r\n", "abc" },
        { "3\t ; x = 1\r\nabc\r\n0\r\n\r\n", "abc" },
        { "3;" + LongExtension + "\r\nabc\r\n0\r\n\r\n", "abc" },
        { "0\r\nX: 1\r\n\r\n", "" },
        { "1\r\na\r\n0\r\nX: 1\r\nY:2\r\n\r\n", "a" },
        { "0\r\nX: \xE9\r\n\r\n", "" },
    };

    public static TheoryData<string, string> Invalid => new()
    {
        { "\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "g\r\n", nameof(RequestRejection.ChunkMalformed) },
        { " 3\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "0x3\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "+3\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "-1\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3 \r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3\t\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3 x\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3\nabc\r\n0\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3\rabc", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3;x\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3;x\r;y\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3;\0\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\nabcd", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\nabc\n0\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\nabc0\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\nabc\r\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3\r\nabc\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "00000000000000003\r\nabc", nameof(RequestRejection.ChunkMalformed) },
        { "8000000000000000\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "FFFFFFFFFFFFFFFF\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "10000000000000000\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\n\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\n\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\n\rX", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\nX: 1\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\n X: 1\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\n: 1\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\nX: \0\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "0\r\nX: 1\rY: 2\r\n\r\n", nameof(RequestRejection.ChunkMalformed) },
        { "3;" + LongExtension + "x\r\nabc", nameof(RequestRejection.ChunkExtensionTooLong) },
        { "0\r\nX: " + new string('x', 8192) + "\r\n\r\n", nameof(RequestRejection.TrailerTooLarge) },
        { "0\r\n" + string.Concat(Enumerable.Repeat("X: 1\r\n", 3000)), nameof(RequestRejection.TrailerTooLarge) },
    };

    [Theory]
    [MemberData(nameof(Valid))]
    public void Decode_Valid_YieldsTheData(string coded, string data)
    {
        var bytes = Encoding.Latin1.GetBytes(coded + "GET");
        foreach (var (sourceSize, roomSize) in new[] { (int.MaxValue, 1000), (1, 1000), (int.MaxValue, 1), (1, 1), (3, 2) })
        {
            Assert.Equal((ParseStatus.Complete, RequestRejection.None, data, coded.Length), Decode(bytes, _ => sourceSize, _ => roomSize));
        }
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Decode_Invalid_IsRejected(string coded, string rejection)
    {
        var bytes = Encoding.Latin1.GetBytes(coded);
        foreach (var sourceSize in new[] { int.MaxValue, 1, 2 })
        {
            var result = Decode(bytes, _ => sourceSize, _ => 100);
            Assert.Equal((ParseStatus.Rejected, Enum.Parse<RequestRejection>(rejection)), (result.Status, result.Rejection));
        }
    }

    [Theory]
    [MemberData(nameof(Invalid))]
    public void Decode_AfterARejection_IsNeverComplete(string coded, string rejection)
    {
        var decoder = default(ChunkedDecoder);
        var room = new byte[10_000];
        Assert.Equal(ParseStatus.Rejected, decoder.Decode(Encoding.Latin1.GetBytes(coded), room, out _, out _));
        Assert.False(decoder.IsComplete);
        Assert.Equal(0, decoder.DataExpected);
        foreach (var more in new[] { "", "0\r\n\r\n", "\n", "\r\n\r\n" })
        {
            Assert.Equal(ParseStatus.Rejected, decoder.Decode(Encoding.Latin1.GetBytes(more), room, out var consumed, out var written));
            Assert.Equal((0, 0, Enum.Parse<RequestRejection>(rejection)), (consumed, written, decoder.Rejection));
        }
    }

    [Fact]
    public void Decode_LargestChunkSize_IsExpected()
    {
        var decoder = default(ChunkedDecoder);
        Assert.Equal(ParseStatus.NeedMore, decoder.Decode("7FFFFFFFFFFFFFFF\r\n"u8, new byte[1], out _, out _));
        Assert.Equal(long.MaxValue, decoder.DataExpected);
    }

    [Fact]
    public void SkipData_PartsOfAChunk_AreCounted()
    {
        var decoder = default(ChunkedDecoder);
        decoder.Decode("5\r\na"u8, new byte[10], out _, out _);
        Assert.Equal(4, decoder.DataExpected);
        decoder.SkipData(3);
        Assert.Equal(1, decoder.DataExpected);
        decoder.SkipData(1);
        Assert.Equal(0, decoder.DataExpected);
        Assert.Equal(ParseStatus.Complete, decoder.Decode("\r\n0\r\n\r\n"u8, new byte[10], out var consumed, out _));
        Assert.Equal(7, consumed);
    }

    [Fact]
    public void Decode_AnyDataInAnyPieces_YieldsTheData() =>
        Gen.Select(
            Gen.Byte.Array[0, 300],
            Gen.Int[1, 40].Array[1, 20],
            Gen.Int[1, 30].Array[1, 20],
            Gen.Int[0, 30].Array[1, 20],
            Gen.Bool).Sample((data, chunks, sources, rooms, upper) =>
            {
                var coded = new List<byte>();
                for (int at = 0, turn = 0; at < data.Length; turn++)
                {
                    var count = Math.Min(chunks[turn % chunks.Length], data.Length - at);
                    coded.AddRange(Encoding.ASCII.GetBytes(count.ToString(upper ? "X" : "x", CultureInfo.InvariantCulture) + (turn % 3 == 0 ? ";x=1" : "") + "\r\n"));
                    coded.AddRange(data.AsSpan(at, count));
                    coded.AddRange("\r\n"u8);
                    at += count;
                }

                coded.AddRange("0\r\n\r\n"u8);
                var result = Decode([.. coded], turn => sources[turn % sources.Length], turn => Math.Max(rooms[turn % rooms.Length], turn % 2));
                Assert.Equal((ParseStatus.Complete, RequestRejection.None, Encoding.Latin1.GetString(data), coded.Count), result);
            });

    [Fact]
    public void Decode_AnyBytes_EndsAndNeverThrows() =>
        Gen.Select(
            Gen.OneOf(Gen.Byte.Array[0, 200], Gen.Int[0, Alphabet.Length - 1].Select(index => (byte)Alphabet[index]).Array[0, 200]),
            Gen.Int[1, 9]).Sample((bytes, size) =>
            {
                var whole = Decode(bytes, _ => int.MaxValue, _ => 1000);
                Assert.Equal(whole, Decode(bytes, _ => size, _ => size));
                Assert.Equal(whole.Status == ParseStatus.Rejected, whole.Rejection != RequestRejection.None);
            });

    private static (ParseStatus Status, RequestRejection Rejection, string Data, int Consumed) Decode(
        byte[] coded, Func<int, int> sourceSize, Func<int, int> roomSize)
    {
        var decoder = default(ChunkedDecoder);
        var data = new StringBuilder();
        var position = 0;
        var status = ParseStatus.NeedMore;
        var room = new byte[1000];
        for (var turn = 0; status == ParseStatus.NeedMore && turn < 10 * (coded.Length + 10); turn++)
        {
            var source = coded.AsSpan(position, Math.Min(sourceSize(turn), coded.Length - position));
            status = decoder.Decode(source, room.AsSpan(0, roomSize(turn)), out var consumed, out var written);
            position += consumed;
            data.Append(Encoding.Latin1.GetString(room, 0, written));
            if (position == coded.Length && status == ParseStatus.NeedMore)
            {
                break;
            }
        }

        return (status, decoder.Rejection, data.ToString(), position);
    }
}
