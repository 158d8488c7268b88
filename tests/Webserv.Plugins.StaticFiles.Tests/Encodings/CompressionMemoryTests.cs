using Webserv.Abstractions.Files;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Files;
using Webserv.Testing.Logging;
using Webserv.Testing.Pipeline;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>What is accounted for: what the cache keeps, and what readers hold that it does not keep.</summary>
public sealed class CompressionMemoryTests : IDisposable
{
    private const int Length = 8 << 20;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("webserv-memory-");
    private readonly HeldFiles _files = new();
    private readonly TestLog _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _files.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Open_SlowReadersHoldMuch_NothingMoreIsCompressedUntilTheyLeave()
    {
        var root = OpenRoot();
        await using var compression = Compress(root, cacheSize: 0);
        var readers = new List<CompressionReader>();
        for (var i = 0; i < 4; i++)
        {
            readers.Add(await OpenAsync(compression, WriteNoise(root, i)));
            await ReadToEndAsync(readers[i]);
        }

        // What is random does not become smaller: four of them are the 32 MB that there are at least.
        Assert.InRange(compression.Held, 4 * Length, (4 * Length) + 100_000);
        var fifth = WriteNoise(root, 4);
        var coded = compression.Find(fifth)[ContentCoding.Zstandard];
        Assert.False(compression.MayHave(coded));
        Assert.Null(await compression.OpenAsync(fifth, coded, isRequired: false, Cancellation));
        Assert.Null(await compression.OpenAsync(fifth, coded, isRequired: true, Cancellation));
        Assert.Single(_log.Entries, entry => entry.Message.Contains("are sent as they are", StringComparison.Ordinal));

        readers[0].Dispose();
        readers[0].Dispose();
        Assert.InRange(compression.Held, 3 * Length, (3 * Length) + 100_000);
        readers.Add(await OpenAsync(compression, fifth));
        Assert.True(await ReadToEndAsync(readers[^1]) > Length);
        readers.ForEach(reader => reader.Dispose());
        Assert.Equal(0, compression.Held);
    }

    [Fact]
    public async Task Dispose_OfTheLastReaderBeforeTheEnd_LetsGoOfTheChunks()
    {
        var root = OpenRoot();
        await using var compression = Compress(root, cacheSize: 0);
        _files.Free = Length / 2;
        _files.Hold();
        var reader = await OpenAsync(compression, WriteNoise(root, 0));
        Assert.False((await reader.ReadAsync(Cancellation)).IsEmpty);
        Assert.InRange(compression.Held, 1, Length);

        reader.Dispose();
        _files.Release();
        await CodedSite.WaitAsync(() => compression.Held == 0);
    }

    [Fact]
    public async Task Find_WhatIsNoLongerKept_CountsAsLongAsItIsRead()
    {
        var root = OpenRoot();
        await using var compression = Compress(root, cacheSize: 1 << 20);
        var file = Write(root, "0.txt", CodedSite.Text(1 << 20));
        var version = compression.Find(file);
        var first = await OpenAsync(compression, file);
        var length = await ReadToEndAsync(first);
        await WaitUntilCompressedAsync(1);
        Assert.NotNull(version[ContentCoding.Zstandard].Content);
        var second = await OpenAsync(compression, file);
        Assert.Equal(length, compression.Held);

        for (var i = 1; version.Node.List is not null; i++)
        {
            using var reader = await OpenAsync(compression, Write(root, $"{i}.txt", CodedSite.Text(1 << 20, seed: i + 1)));
            await WaitUntilCompressedAsync(i + 1);
        }

        var before = compression.Held;
        first.Dispose();
        Assert.Equal(before, compression.Held);
        second.Dispose();
        Assert.Equal(before - length, compression.Held);
        Assert.InRange(compression.Held, 1, compression.Memory);
    }

    private static async Task<CompressionReader> OpenAsync(FileCompression compression, IFileEntry file)
    {
        var reader = await compression.OpenAsync(file, compression.Find(file)[ContentCoding.Zstandard], isRequired: true, Cancellation);
        Assert.NotNull(reader);
        return reader;
    }

    private static async Task<long> ReadToEndAsync(CompressionReader reader)
    {
        var length = 0L;
        ReadOnlyMemory<byte> next;
        while (!(next = await reader.ReadAsync(Cancellation)).IsEmpty)
        {
            length += next.Length;
        }

        Assert.Equal(length, reader.Content!.Length);
        return length;
    }

    private Task WaitUntilCompressedAsync(int count) => CodedSite.WaitAsync(
        () => _log.Entries.Count(entry => entry.Message.Contains(": compressed into ", StringComparison.Ordinal)) == count);

    private IDocumentRoot OpenRoot() =>
        _files.OpenRoot(new TestPipelineEntry { Root = _directory.FullName }, new DocumentRootOptions());

    private FileCompression Compress(IDocumentRoot root, long cacheSize) => new(
        new CompressionOptions { Codings = ["zstd"], Effort = CompressionEffort.Fast, CacheSize = cacheSize, MaxConcurrent = 4 },
        root,
        TimeProvider.System,
        _log.CreateLogger("StaticFiles"));

    private IFileEntry WriteNoise(IDocumentRoot root, int seed)
    {
        var noise = new byte[Length];
        new Random(seed).NextBytes(noise);
        return Write(root, $"noise{seed}.txt", noise);
    }

    private IFileEntry Write(IDocumentRoot root, string name, string text) => Write(root, name, System.Text.Encoding.UTF8.GetBytes(text));

    private IFileEntry Write(IDocumentRoot root, string name, byte[] content)
    {
        var path = Path.Combine(_directory.FullName, name);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, CodedSite.Modified);
        return root.Find("/" + name);
    }
}
