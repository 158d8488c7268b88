using System.IO.Compression;
using System.Text;
using Webserv.Abstractions.Pipeline;
using Webserv.Plugins.StaticFiles;

namespace Webserv.Host.Tests.Server;

/// <summary>Files that are compressed on their way out.</summary>
public abstract partial class ServerTests
{
    [Fact]
    public async Task Encodings_LargeText_IsCompressedOnceAndThenHasItsLength()
    {
        using var folder = new TemporaryFolder();
        var text = WriteText(folder, "a.txt", 3_000_000, seed: 1);
        IMiddleware? files = null;
        await using var rig = await StartAsync(setup => setup.Use((context, next, cancellation) => files!.InvokeAsync(context, next, cancellation)));
        files = Compressing(rig, folder);
        using var client = await rig.ConnectAsync();

        var first = await client.GetAsync("/a.txt", "Accept-Encoding: gzip\r\n");
        await ServerRig.WaitAsync(() => ((StaticFilesMiddleware)files).CompressedMemory > 100_000, () => "it is not kept");
        var second = await client.GetAsync("/a.txt", "Accept-Encoding: gzip\r\n");
        var part = await client.GetAsync("/a.txt", "Accept-Encoding: gzip\r\nRange: bytes=1000000-1000009\r\n");

        // Where the compression was over before anybody looked, its length is known the first time already.
        Assert.Equal((200, "gzip"), (first.Status, first["Content-Encoding"]));
        Assert.True(first["Transfer-Encoding"] == "chunked" || first["Content-Length"] == $"{first.Body.Length}", first["Transfer-Encoding"]);
        Assert.Equal((200, "gzip", $"{first.Body.Length}"), (second.Status, second["Content-Encoding"], second["Content-Length"]));
        Assert.Equal(first["ETag"], second["ETag"]);
        Assert.Equal(first.Body, second.Body);
        Assert.Equal(text, Decode(first));
        Assert.Equal((206, text.Substring(1_000_000, 10), null), (part.Status, part.Text, part["Content-Encoding"]));
        await DisposeAsync(files);
    }

    [Fact]
    public async Task Encodings_ClientThatResets_CostsNobodyElseAnything()
    {
        using var folder = new TemporaryFolder();
        var text = WriteText(folder, "a.txt", 3_000_000, seed: 1);
        IMiddleware? files = null;
        await using var rig = await StartAsync(setup => setup.Use((context, next, cancellation) => files!.InvokeAsync(context, next, cancellation)));
        files = Compressing(rig, folder);
        using var client = await rig.ConnectAsync();
        for (var i = 0; i < 10; i++)
        {
            using var gone = await rig.ConnectAsync();
            await gone.SendAsync("GET /a.txt HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\n\r\n");
            await gone.Stream.ReadExactlyAsync(new byte[1 + (i * 1000)], gone.Token);
            gone.Reset();
            Assert.Equal(text, Decode(await client.GetAsync("/a.txt", "Accept-Encoding: gzip\r\n")));
        }

        await DisposeAsync(files);
    }

    [Fact]
    public async Task Encodings_WriterThatSwapsFiles_NoAnswerIsAMixture()
    {
        using var folder = new TemporaryFolder();
        var texts = Enumerable.Range(0, 4).Select(seed => WriteText(folder, $"{seed}.txt", 400_000 + seed, seed)).ToArray();
        WriteText(folder, "a.txt", 400_000, seed: 0);
        IMiddleware? files = null;
        await using var rig = await StartAsync(setup => setup.Use((context, next, cancellation) => files!.InvokeAsync(context, next, cancellation)));
        files = Compressing(rig, folder);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    File.Copy(folder.Combine($"{i % 4}.txt"), folder.Combine("next"), overwrite: true);
                    File.SetLastWriteTimeUtc(folder.Combine("next"), DateTime.UnixEpoch.AddYears(50).AddSeconds(i));
                    File.Move(folder.Combine("next"), folder.Combine("a.txt"), overwrite: true);
                    rig.Files.Invalidate(folder.Combine("a.txt"));
                }
            },
            TestContext.Current.CancellationToken);
        var versions = new System.Collections.Concurrent.ConcurrentDictionary<string, string>();
        var readers = Enumerable.Range(0, 4).Select(_ => ReadAsync()).ToArray();
        await Task.WhenAll(readers);
        await stop.CancelAsync();
        await writer;
        await DisposeAsync(files);

        async Task ReadAsync()
        {
            using var client = await rig.ConnectAsync();
            for (var i = 0; i < 50; i++)
            {
                var response = await client.GetAsync("/a.txt", "Accept-Encoding: gzip\r\n");
                if (response.Status == 200)
                {
                    var text = Decode(response);
                    Assert.Contains(text, texts);
                    Assert.Equal(text, versions.GetOrAdd(response["ETag"]!, text));
                }
            }
        }
    }

    private static IMiddleware Compressing(ServerRig rig, TemporaryFolder folder) =>
        StaticFilesOf.Create(rig, folder.Path, new StaticFilesOptions { Compression = { Codings = ["gzip"], MaxConcurrent = 4 } });

    private static ValueTask DisposeAsync(IMiddleware files) => ((IAsyncDisposable)files).DisposeAsync();

    private static string WriteText(TemporaryFolder folder, string name, int length, int seed)
    {
        var random = new Random(seed);
        var text = new StringBuilder(length + 20);
        while (text.Length < length)
        {
            text.Append("line ").Append(random.Next(100_000)).Append('\n');
        }

        File.WriteAllText(folder.Combine(name), text.ToString(0, length));
        File.SetLastWriteTimeUtc(folder.Combine(name), DateTime.UnixEpoch.AddYears(50));
        return text.ToString(0, length);
    }

    private static string Decode(RawResponse response)
    {
        using Stream stream = response["Content-Encoding"] == "gzip"
            ? new GZipStream(new MemoryStream(response.Body), CompressionMode.Decompress)
            : new MemoryStream(response.Body);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
