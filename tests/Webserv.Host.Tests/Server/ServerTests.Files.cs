using System.Globalization;
using CsCheck;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Files;
using Webserv.Plugins.StaticFiles.Tests;

namespace Webserv.Host.Tests.Server;

/// <summary>Files and parts of files on their way out.</summary>
public abstract partial class ServerTests
{
    [Theory]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task Files_AnySetOfRanges_IsWhatSlicingGives(int length)
    {
        using var folder = new TemporaryFolder();
        var content = folder.Write("a.bin", length, seed: length);
        IMiddleware? files = null;
        await using var rig = await StartAsync(setup => setup.Use((context, next, cancellation) => files!.InvokeAsync(context, next, cancellation)));
        files = StaticFilesOf.Create(rig, folder.Path);
        using var client = await rig.ConnectAsync();
        await Gen.Select(Gen.Int[0, length + 100], Gen.Int[0, length / 4]).Array[1, 8].SampleAsync(
            async specs =>
            {
                var field = string.Join(",", specs.Select(spec => string.Create(CultureInfo.InvariantCulture, $"{spec.Item1}-{spec.Item1 + spec.Item2}")));
                var response = await client.GetAsync("/a.bin", $"Range: bytes={field}\r\n");
                var wanted = new bool[length];
                foreach (var (first, more) in specs)
                {
                    wanted.AsSpan(Math.Min(first, length), Math.Clamp(length - first, 0, more + 1)).Fill(true);
                }

                foreach (var part in ReadParts(response))
                {
                    Assert.True(content.AsSpan((int)part.First, part.Content.Length).SequenceEqual(part.Content));
                    Assert.False(wanted.AsSpan((int)part.First, part.Content.Length).Contains(false), "not asked for, or sent before");
                    wanted.AsSpan((int)part.First, part.Content.Length).Clear();
                }

                Assert.DoesNotContain(true, wanted);
            },
            iter: 60,
            threads: 1);
    }

    [Fact]
    public async Task Files_PiecesWithBytesBetween_ComeInOrder()
    {
        using var folder = new TemporaryFolder();
        var small = folder.Write("small", 1_000, seed: 1);
        var large = folder.Write("large", 400_000, seed: 2);
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            var response = context.Response;
            response.ContentLength = 3 + 100 + 5_000 + 300_000 + 4 + 400_000 + 0 + 3;
            await response.Body.WriteAsync("one"u8.ToArray(), cancellation);
            await response.SendFileAsync(folder.Combine("small"), 10, 100, cancellation);
            await response.Body.WriteAsync(new byte[5_000], cancellation);
            await response.SendFileAsync(folder.Combine("large"), 99, 300_000, cancellation);
            await response.Body.WriteAsync("four"u8.ToArray(), cancellation);
            await response.SendFileAsync(folder.Combine("large"), 0, null, cancellation);
            await response.SendFileAsync(folder.Combine("large"), 400_000, 0, cancellation);
            await response.Body.WriteAsync("end"u8.ToArray(), cancellation);
        }));
        using var client = await rig.ConnectAsync();
        byte[] expected =
        [
            .. "one"u8, .. small.AsSpan(10, 100), .. new byte[5_000], .. large.AsSpan(99, 300_000), .. "four"u8, .. large, .. "end"u8,
        ];
        for (var round = 0; round < 3; round++)
        {
            var response = await client.GetAsync("/");
            Assert.Equal(200, response.Status);
            Assert.True(expected.AsSpan().SequenceEqual(response.Body));
        }
    }

    [Fact]
    public async Task Files_FileThatShrinksWhileItIsSent_IsCutAndLogged()
    {
        using var folder = new TemporaryFolder();
        const int Length = 64 << 20;
        folder.Write("a.bin", Length, seed: 1);
        IMiddleware? files = null;
        await using var rig = await StartAsync(setup => setup.Use((context, next, cancellation) => files!.InvokeAsync(context, next, cancellation)));
        files = StaticFilesOf.Create(rig, folder.Path);
        using var client = await rig.ConnectAsync();
        await client.SendAsync("GET /a.bin HTTP/1.1\r\nHost: x\r\n\r\n");
        await client.Stream.ReadExactlyAsync(new byte[1_000], client.Token);
        using (var file = File.OpenHandle(folder.Combine("a.bin"), FileMode.Open, FileAccess.Write))
        {
            RandomAccess.SetLength(file, 1);
        }

        var (octets, inOrder) = await client.ReadToWhateverEndAsync();
        Assert.False(inOrder, "an end in order would look like the whole");
        Assert.InRange(octets.Length, 0, Length - 2_000);
        await rig.WaitUntilIdleAsync();
        var entry = Assert.Single(rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Warning));
        Assert.Contains(folder.Combine("a.bin"), entry, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_ReplacedBetweenTwoParts_BothAreOfTheOldOne()
    {
        using var folder = new TemporaryFolder();
        const int Length = 300_000;
        folder.Write("a.bin", Length, seed: 1);
        OpenFileCache? files = null;
        await using var rig = await StartAsync(setup => setup.Map("/", async (context, cancellation) =>
        {
            var response = context.Response;
            var file = files!.FindFile(folder.Combine("a.bin"));
            response.ContentLength = 200_000;
            await response.SendFileAsync(file, 0, 100_000, cancellation);

            // So often that the cache has no room left for those that were replaced.
            for (var i = 0; i < 100; i++)
            {
                folder.Write("b.bin", Length, seed: 2 + i);
                File.Move(folder.Combine("b.bin"), folder.Combine("a.bin"), overwrite: true);
                files.Invalidate(folder.Combine("a.bin"));
                Assert.NotSame(file, files.FindFile(folder.Combine("a.bin")));
            }

            await response.SendFileAsync(file, 200_000, 100_000, cancellation);
        }));
        files = rig.Files;
        using var client = await rig.ConnectAsync();
        for (var round = 0; round < 2; round++)
        {
            var current = await File.ReadAllBytesAsync(folder.Combine("a.bin"), client.Token);
            var response = await client.GetAsync("/");
            Assert.Equal(200, response.Status);
            Assert.True(current.AsSpan(0, 100_000).SequenceEqual(response.Body.AsSpan(0, 100_000)));
            Assert.True(current.AsSpan(200_000).SequenceEqual(response.Body.AsSpan(100_000)));
        }

        Assert.Empty(rig.Logs.At(Microsoft.Extensions.Logging.LogLevel.Error));
    }

    private static IReadOnlyList<MultipartReader.Part> ReadParts(RawResponse response)
    {
        if (response.Status == 416)
        {
            return [];
        }

        Assert.Equal(206, response.Status);
        return response["Content-Range"] is { } range
            ? [new MultipartReader.Part(null, long.Parse(range[6..].Split('-')[0], CultureInfo.InvariantCulture), 0, 0, response.Body)]
            : MultipartReader.Read(response["Content-Type"]!, response.Body);
    }
}
