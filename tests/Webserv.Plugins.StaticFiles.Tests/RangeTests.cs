using System.Globalization;
using System.Text;
using CsCheck;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>Ranges as answers.</summary>
public sealed class RangeTests
{
    [Fact]
    public async Task Get_EveryRow_IsAnsweredAsTheTableSays()
    {
        await using var site = await Site.CreateAsync(options => options.MaxRanges = 8);
        foreach (var (length, field, expected) in RangeTable.All.Where(row => row.Length <= 20 && Ascii.IsValid(row.Field)))
        {
            var content = new string([.. Enumerable.Range(0, (int)length).Select(i => (char)('a' + i))]);
            site.Write($"{length}.txt", content);
            var response = await site.SendAsync(TestHttpContext.Get($"/{length}.txt").WithHeader("Range", field));
            var parts = expected is "whole" or "none" ? [] : expected.Split(' ');
            Assert.Equal((field, expected switch { "whole" => 200, "none" => 416, _ => 206 }), (field, response.StatusCode));
            switch (parts.Length)
            {
                case 0:
                    Assert.Equal(expected == "none" ? $"bytes */{length}" : "", response.Headers["Content-Range"].ToString());
                    Assert.Equal(expected == "none" ? "" : content, response.BodyText);
                    break;
                case 1:
                    Assert.Equal($"bytes {parts[0]}/{length}", response.Headers["Content-Range"].ToString());
                    Assert.Equal(Cut(content, parts[0]), response.BodyText);
                    break;
                default:
                    Assert.False(response.Headers.Contains("Content-Range"), "the parts have them");
                    Assert.Equal(response.ContentLength, response.BodyBytes.Length);
                    Assert.Equal(
                        parts.Select(part => ("text/plain; charset=utf-8", $"{part}/{length}", Cut(content, part))),
                        MultipartReader.Read(response.Headers["Content-Type"].ToString(), response.BodyBytes).Select(
                            part => (part.ContentType!, $"{part.First}-{part.Last}/{part.Length}", Encoding.Latin1.GetString(part.Content))));
                    break;
            }
        }
    }

    [Fact]
    public async Task Get_SeveralRanges_AreSentFromTheFileUnderABoundaryOfTheirOwn()
    {
        await using var site = await Site.CreateAsync();
        var boundaries = new HashSet<string>();
        for (var i = 0; i < 3; i++)
        {
            var response = await site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("Range", "bytes=0-1,4-5"));
            Assert.Equal([(0, 2), (4, 2)], response.SentFiles.Select(file => (file.Offset, file.Count)));
            Assert.True(boundaries.Add(response.Headers["Content-Type"].ToString()));
            Assert.True(response.Headers.Contains("ETag") && response.Headers.Contains("Last-Modified") && response.Headers.Contains("Accept-Ranges"));
        }
    }

    [Fact]
    public async Task Get_SeveralRangesOfAFileWithoutAMediaType_NameNone()
    {
        await using var site = await Site.CreateAsync(options => options.DefaultContentType = "");
        site.Write("plain", "0123456789");
        var response = await site.SendAsync(TestHttpContext.Get("/plain").WithHeader("Range", "bytes=0-1,4-5"));
        Assert.All(MultipartReader.Read(response.Headers["Content-Type"].ToString(), response.BodyBytes), part => Assert.Null(part.ContentType));
    }

    [Fact]
    public async Task Get_AnySet_IsWhatSlicingGives()
    {
        await using var site = await Site.CreateAsync();
        var content = new byte[100_000];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(Path.Combine(site.Root, "b.bin"), content, TestContext.Current.CancellationToken);
        var first = Gen.Int[0, 110_000];
        await Gen.Select(first, Gen.Int[0, 20_000]).Array[1, 10].SampleAsync(
            async specs =>
            {
                var field = "bytes=" + string.Join(",", specs.Select(spec => string.Create(CultureInfo.InvariantCulture, $"{spec.Item1}-{spec.Item1 + spec.Item2}")));
                var response = await site.SendAsync(TestHttpContext.Get("/b.bin").WithHeader("Range", field));
                var wanted = specs.SelectMany(spec => Enumerable.Range(spec.Item1, spec.Item2 + 1)).Where(index => index < content.Length).ToHashSet();
                if (wanted.Count == 0)
                {
                    Assert.Equal(416, response.StatusCode);
                    return;
                }

                Assert.Equal(206, response.StatusCode);
                Assert.Equal(response.ContentLength, response.BodyBytes.Length);
                var range = response.Headers["Content-Range"].ToString();
                var parts = range.Length > 0
                    ? [new MultipartReader.Part(null, long.Parse(range.AsSpan(6, range.IndexOf('-', StringComparison.Ordinal) - 6), CultureInfo.InvariantCulture), 0, 0, response.BodyBytes)]
                    : MultipartReader.Read(response.Headers["Content-Type"].ToString(), response.BodyBytes);
                Assert.Equal(wanted.Count, parts.Sum(part => part.Content.Length));
                Assert.All(parts, part =>
                {
                    Assert.True(content.AsSpan((int)part.First, part.Content.Length).SequenceEqual(part.Content));
                    Assert.All(Enumerable.Range((int)part.First, part.Content.Length), index => Assert.Contains(index, wanted));
                });
            },
            iter: 200,
            threads: 1);
    }

    [Theory]
    [InlineData(0, "bytes=0-1", 200, "none")]
    [InlineData(0, "bytes=99-", 200, "none")]
    [InlineData(1, "bytes=0-1", 206, "bytes")]
    [InlineData(1, "bytes=0-1,4-5", 200, "bytes")]
    public async Task Get_MaxRanges_Decides(int maxRanges, string range, int status, string acceptRanges)
    {
        await using var site = await Site.CreateAsync(options => options.MaxRanges = maxRanges);
        var response = await site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("Range", range));
        Assert.Equal((status, acceptRanges), (response.StatusCode, response.Headers["Accept-Ranges"].ToString()));
    }

    private static string Cut(string content, string part)
    {
        var numbers = part.Split('-');
        return content[int.Parse(numbers[0], CultureInfo.InvariantCulture)..(int.Parse(numbers[1], CultureInfo.InvariantCulture) + 1)];
    }
}
