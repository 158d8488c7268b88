using CsCheck;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

public sealed class AcceptEncodingTests
{
    private static readonly Gen<string> Separators = Among("", " ", "\t", " \t ");

    [Fact]
    public async Task Get_EveryRowOfTheTable_IsAnsweredInTheRightCoding()
    {
        await using var site = await CodedSite.CreatePrecompressedAsync("br", "zstd", "gzip");
        site.Write("all.txt", "original");
        site.Write("gz.txt", "original");
        site.WriteSibling("gz.txt", "original", ContentCoding.Gzip);
        foreach (var coding in ContentCoding.All)
        {
            site.WriteSibling("all.txt", "original", coding);
        }

        var wrong = new List<string>();
        foreach (var (field, ofAll, ofGzip) in AcceptEncodingTable.Rows)
        {
            foreach (var (path, expected) in new[] { ("/all.txt", ofAll), ("/gz.txt", ofGzip) })
            {
                var context = TestHttpContext.Get(path);
                foreach (var line in field.Split('|'))
                {
                    context.WithHeader("Accept-Encoding", line);
                }

                var response = await site.SendAsync(context);
                var coding = response.Headers["Content-Encoding"].ToString();
                var actual = response.StatusCode != 200 ? $"{response.StatusCode}" : coding.Length == 0 ? "-" : coding;
                if (actual != expected)
                {
                    wrong.Add($"{path} [{field}]: {actual} instead of {expected}");
                }

                Assert.Equal("Accept-Encoding", response.Headers["Vary"]);
                if (response.StatusCode == 200)
                {
                    Assert.Equal("original"u8, CodedBytes.Decode(response));
                }
            }
        }

        Assert.Empty(wrong);
        Assert.True(AcceptEncodingTable.Rows.Length > 100);
    }

    [Theory]
    [InlineData("gzip,zstd,br", "gzip")]
    [InlineData("zstd,br", "zstd")]
    [InlineData("br", "br")]
    [InlineData("gzip,x-gzip", "gzip")]
    public async Task Get_EquallyAcceptable_TheOrderOfTheOptionsDecides(string order, string expected)
    {
        await using var site = await CodedSite.CreatePrecompressedAsync(order.Split(','));
        site.Write("a.txt", "original");
        foreach (var coding in ContentCoding.All)
        {
            site.WriteSibling("a.txt", "original", coding);
        }

        Assert.Equal(expected, (await site.GetAsync("/a.txt")).Headers["Content-Encoding"]);
    }

    [Fact]
    public void Parse_AnyText_NeverThrows() => Gen.String.Array[0, 3].Sample(lines =>
    {
        var accepted = AcceptEncoding.Parse(lines);
        Assert.All(ContentCoding.All, coding => Assert.InRange(accepted[coding], 0, 1000));
        Assert.InRange(accepted.Identity ?? 0, 0, 1000);
    });

    [Fact]
    public void Parse_AnyTextOfTheRightCharacters_NeverThrows() =>
        Among("gzip", "br", "zstd", "identity", "*", ";q=", ";", "q", "=", ",", " ", "\t", "0", "1", ".", "0.5", "x-", "\"").Array[0, 12]
            .Sample(parts => AcceptEncoding.Parse(string.Concat(parts)).AllowsIdentity || true);

    [Fact]
    public void Parse_WellFormedField_HasTheWeightsThatWereWritten()
    {
        var weights = Gen.Int[-1, 1000].Array[5];
        var shape = Gen.Select(Gen.Int[0, 119], Separators, Gen.Bool, Gen.Bool);
        Gen.Select(weights, shape).Sample((weight, spelling) =>
        {
            var (order, space, isUpper, inLines) = spelling;
            string[] names = ["br", "zstd", "gzip", "identity", "*"];
            var elements = Enumerable.Range(0, 5)
                .Where(i => weight[i] >= 0)
                .OrderBy(i => (i * 7919 * (order + 1)) % 31)
                .Select(i => (isUpper ? names[i].ToUpperInvariant() : names[i]) + Weight(weight[i], space, isUpper))
                .ToArray();
            var accepted = AcceptEncoding.Parse(inLines ? elements : [string.Join($"{space},{space}", elements)]);

            var others = Math.Max(weight[4], 0);
            for (var i = 0; i < 3; i++)
            {
                Assert.Equal(weight[i] < 0 ? others : weight[i], accepted[ContentCoding.All[i]]);
            }

            Assert.Equal(weight[3] >= 0 ? weight[3] : weight[4] >= 0 ? weight[4] : null, accepted.Identity);
        });

        static string Weight(int weight, string space, bool isUpper) =>
            weight == 1000 ? "" : FormattableString.Invariant($"{space};{space}{(isUpper ? 'Q' : 'q')}=0.{weight:000}");
    }

    [Fact]
    public void Parse_Field_AllocatesNothing()
    {
        _ = AcceptEncoding.Parse("gzip, deflate, br, zstd");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = AcceptEncoding.Parse("gzip;q=0.5, deflate, br, zstd;q=0.3, *;q=0");
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
