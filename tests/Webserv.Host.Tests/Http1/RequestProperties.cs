using System.Text;
using CsCheck;
using Webserv.Fuzzing.Targets.Http1;
using Webserv.Host.Http1;
using Webserv.Host.Tests.Http1.Generated;

namespace Webserv.Host.Tests.Http1;

/// <summary>What holds for every valid request, whatever it asks and however it is spelt.</summary>
public sealed class RequestProperties
{
    private const int Iterations = 3_000;

    private static readonly Gen<(GeneratedRequest Request, int Seed)> Cases = Gen.Select(RequestGen.Any, Gen.Int);

    [Fact]
    public void TryParse_AnyLegalSpelling_IsTheSameRequest() => Cases.Sample(
        (request, seed) =>
        {
            var spelling = new RequestSpelling(seed);
            var octets = spelling.Spell(request);
            var whole = Create();
            Check(request, spelling, whole, whole.TryParse(octets), octets);
            Check(request, spelling, whole, CutAnywhere(whole, octets, new Random(seed)), octets);
        },
        iter: Iterations);

    [Fact]
    public void TryParse_AnyBeginning_IsUnfinishedAndEndsWhereTheHeadEnds() => Cases.Sample(
        (request, seed) =>
        {
            var spelling = new RequestSpelling(seed);
            var octets = spelling.Spell(request);
            var growing = Create();
            for (var count = 1; count < spelling.HeadLength; count++)
            {
                Assert.Equal(ParseStatus.NeedMore, growing.TryParse(octets.AsSpan(0, count)));
            }

            Assert.Equal(ParseStatus.Complete, growing.TryParse(octets));
            var cut = Create();
            Assert.Equal(ParseStatus.NeedMore, cut.TryParse(octets.AsSpan(0, new Random(seed).Next(spelling.HeadLength))));
        },
        iter: Iterations);

    [Fact]
    public void TryParse_TurnedBits_KeepTheProperties()
    {
        var change = Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte);
        Gen.Select(RequestGen.Any, Gen.Int, change.Array[1, 4]).Sample(
            (request, seed, changes) => new HeadTarget().Run(Change(new RequestSpelling(seed).Spell(request), changes)),
            iter: Iterations);
    }

    [Fact]
    public void Decode_AnyLegalChunking_IsTheBody() => Gen.Select(RequestGen.Body(), Gen.Int).Sample(
        (body, seed) =>
        {
            var coded = new RequestSpelling(seed).Chunked(body);
            var random = new Random(seed);
            foreach (var (largestPiece, largestRoom) in new[] { (int.MaxValue, int.MaxValue), (1, 1), (50, 20) })
            {
                var decoder = default(ChunkedDecoder);
                using var data = new MemoryStream();
                var room = new byte[Math.Min(8192, largestRoom)];
                for (var position = 0; position < coded.Length;)
                {
                    Assert.False(decoder.IsComplete);
                    var piece = coded.AsSpan(position, Math.Min(coded.Length - position, random.Next(1, largestPiece)));
                    var status = decoder.Decode(piece, room, out var consumed, out var written);
                    Assert.NotEqual(ParseStatus.Rejected, status);
                    Assert.True(consumed > 0);
                    data.Write(room, 0, written);
                    position += consumed;
                }

                Assert.True(decoder.IsComplete);
                Assert.Equal(body, data.ToArray());
            }
        },
        iter: 500);

    [Fact]
    public void Decode_TurnedBits_KeepTheProperties()
    {
        var change = Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte);
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int, change.Array[1, 4]).Sample(
            (body, seed, changes) => new ChunkedTarget().Run(Change(new RequestSpelling(seed).Chunked(body), changes)),
            iter: Iterations);
    }

    private static Http1Parser Create() => new(8192, 32768, 100);

    private static byte[] Change(byte[] octets, (int Place, byte Octet)[] changes)
    {
        foreach (var (place, octet) in changes)
        {
            octets[place % octets.Length] = octet;
        }

        return octets;
    }

    private static ParseStatus CutAnywhere(Http1Parser parser, byte[] octets, Random random)
    {
        parser.Reset();
        var status = ParseStatus.NeedMore;
        for (var count = 0; count < octets.Length && status == ParseStatus.NeedMore;)
        {
            count = Math.Min(octets.Length, count + random.Next(1, 60));
            status = parser.TryParse(octets.AsSpan(0, count));
        }

        return status;
    }

    private static void Check(GeneratedRequest request, RequestSpelling spelling, Http1Parser parser, ParseStatus status, ReadOnlySpan<byte> octets)
    {
        Assert.Equal((ParseStatus.Complete, RequestRejection.None), (status, parser.Rejection));
        var head = parser.Head;
        Assert.Equal(spelling.HeadLength, head.Length);
        Assert.Equal((request.Method, request.IsHttp11), (head.Method, head.IsHttp11));
        Assert.Equal(request.Target, Text(octets, head.TargetStart, head.TargetLength));
        Assert.Equal(request.IsChunked && request.Body is not null, head.IsChunked);
        Assert.Equal(request.Body is null || request.IsChunked ? -1 : request.Body.Length, head.ContentLength);
        var fields = new List<(string, string)>();
        foreach (var line in head.Lines)
        {
            fields.Add((Text(octets, line.NameStart, line.NameLength), Text(octets, line.ValueStart, line.ValueLength)));
        }

        Assert.Equal(spelling.Written, fields);
        var target = RequestTargetParser.Parse(octets.Slice(head.TargetStart, head.TargetLength), head.Method);
        Assert.Equal(request.Target, target?.Raw);
        Assert.Equal(request.Host, head.HostLine < 0 ? null : fields[head.HostLine].Item2);
        Assert.NotNull(new HostNameCache().Parse(Encoding.Latin1.GetBytes(request.Host ?? "")));
    }

    private static string Text(ReadOnlySpan<byte> octets, int start, int length) => Encoding.Latin1.GetString(octets.Slice(start, length));
}
