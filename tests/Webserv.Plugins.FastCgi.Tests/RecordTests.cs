using System.Buffers;
using CsCheck;
using Webserv.Plugins.FastCgi.Protocol;

namespace Webserv.Plugins.FastCgi.Tests;

/// <summary>Records and lists of names and values, against the specification and against themselves.</summary>
public sealed class RecordTests
{
    [Fact]
    public void WriteRecord_Content_IsPaddedToEightBytes()
    {
        var buffer = new byte[64];
        var length = Records.WriteRecord(buffer, RecordType.StandardInput, 0x0102, "hello"u8);
        Assert.Equal("01-05-01-02-00-05-03-00-68-65-6C-6C-6F-00-00-00", BitConverter.ToString(buffer, 0, length));
        Assert.Equal(Records.RecordLength(5), length);
    }

    [Fact]
    public void WriteHead_Request_IsThatOfTheSpecification()
    {
        var buffer = new byte[128];
        var length = Records.WriteHead(buffer, 1, Role.Responder, keepConnection: true, "\u0001\u0002ABC"u8);
        Assert.Equal(
            "01-01-00-01-00-08-00-00-00-01-01-00-00-00-00-00" + "-01-04-00-01-00-05-03-00-01-02-41-42-43-00-00-00" + "-01-04-00-01-00-00-00-00",
            BitConverter.ToString(buffer, 0, length));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void WriteHead_ManyVariables_IsSeveralRecords(int size)
    {
        var variables = Enumerable.Range(0, size).Select(static i => (byte)i).ToArray();
        var buffer = new byte[Records.HeadLength(size)];
        var length = Records.WriteHead(buffer, 7, Role.Responder, keepConnection: false, variables);
        var records = Parse(new RecordParser(), buffer.AsSpan(0, length)).ToArray();
        Assert.Equal(RecordType.BeginRequest, records[0].Type);
        Assert.Empty(records[^1].Content);
        Assert.All(records[1..], static record => Assert.Equal(RecordType.Params, record.Type));
        Assert.Equal(variables, records[1..].SelectMany(static record => record.Content));
    }

    [Fact]
    public void Parser_RecordsSplitAtEveryByte_AreTheSame()
    {
        byte[] stream =
        [
            .. Fixtures.FakeConnection.Record(6, 1, "A: b\n\n"u8.ToArray(), 2), .. Fixtures.FakeConnection.Record(7, 1, [], 0),
            .. Fixtures.FakeConnection.Record(6, 300, new byte[700], 255), .. Fixtures.FakeConnection.End(1),
        ];
        var whole = Parse(new RecordParser(), stream);
        Assert.Equal([6, 7, 6, 3], whole.Select(static record => (int)record.Type));
        for (var split = 0; split <= stream.Length; split++)
        {
            var parser = new RecordParser();
            Assert.Equal(whole, Merge(Parse(parser, stream.AsSpan(0, split)).Concat(Parse(parser, stream.AsSpan(split)))), Same);
            Assert.False(parser.IsInside);
        }
    }

    [Fact]
    public void Parser_AnyRecordsInAnyPieces_RoundTrip()
    {
        var record = Gen.Select(Gen.Byte[1, 11], Gen.UShort, Gen.Byte.Array[0, 300]);
        Gen.Select(record.Array[0, 8], Gen.Int[1, 64]).Sample((records, size) =>
        {
            var stream = new ArrayBufferWriter<byte>();
            foreach (var (type, id, content) in records)
            {
                stream.Advance(Records.WriteRecord(stream.GetSpan(Records.RecordLength(content.Length)), (RecordType)type, id, content));
            }

            var parser = new RecordParser();
            var pieces = new List<Piece>();
            for (var i = 0; i < stream.WrittenCount; i += size)
            {
                pieces.AddRange(Parse(parser, stream.WrittenSpan.Slice(i, Math.Min(size, stream.WrittenCount - i))));
            }

            Assert.Equal(records.Select(static r => new Piece((RecordType)r.Item1, r.Item2, r.Item3, true)), Merge(pieces), Same);
        });
    }

    [Fact]
    public void Parser_OtherVersion_Throws()
    {
        Assert.Throws<FastCgiProtocolException>(() => Parse(new RecordParser(), [2, 6, 0, 1, 0, 0, 0, 0]));
        Assert.Throws<FastCgiProtocolException>(() => Parse(new RecordParser(), "HTTP/1.1"u8));
    }

    [Fact]
    public void NameValuePairs_AnyTexts_RoundTrip() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 200], Gen.String[Gen.Char.AlphaNumeric, 0, 70_000].Where(static _ => true)).Array[0, 5].Sample(
            pairs =>
            {
                var writer = new ArrayBufferWriter<byte>();
                foreach (var (name, value) in pairs)
                {
                    NameValuePairs.Write(writer, name, value);
                }

                Assert.Equal(pairs.Select(static pair => KeyValuePair.Create(pair.Item1, pair.Item2)), NameValuePairs.Read(writer.WrittenSpan));
            },
            iter: 30);

    [Theory]
    [InlineData("01")]
    [InlineData("0101")]
    [InlineData("010141")]
    [InlineData("800000")]
    [InlineData("00FFFFFFFF41")]
    public void NameValuePairs_CutOff_Throws(string hex) =>
        Assert.Throws<FastCgiProtocolException>(() => NameValuePairs.Read(Convert.FromHexString(hex)));

    private static List<Piece> Parse(RecordParser parser, ReadOnlySpan<byte> data)
    {
        var pieces = new List<Piece>();
        while (parser.TryRead(ref data, out var record, out var content, out var isLast))
        {
            Assert.True(content.Length <= record.ContentLength);
            pieces.Add(new Piece(record.Type, record.RequestId, content.ToArray(), isLast));
        }

        Assert.True(data.IsEmpty);
        return pieces;
    }

    private static List<Piece> Merge(IEnumerable<Piece> pieces)
    {
        var records = new List<Piece>();
        foreach (var piece in pieces)
        {
            if (records.Count > 0 && !records[^1].IsLast)
            {
                Assert.Equal((records[^1].Type, records[^1].Id), (piece.Type, piece.Id));
                records[^1] = piece with { Content = [.. records[^1].Content, .. piece.Content] };
            }
            else
            {
                records.Add(piece);
            }
        }

        return records;
    }

    private static bool Same(Piece a, Piece b) => (a.Type, a.Id, a.IsLast) == (b.Type, b.Id, b.IsLast) && a.Content.AsSpan().SequenceEqual(b.Content);

    private sealed record Piece(RecordType Type, int Id, byte[] Content, bool IsLast);
}
