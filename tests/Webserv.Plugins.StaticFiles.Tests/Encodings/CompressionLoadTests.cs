using System.Text;
using Webserv.Plugins.StaticFiles.Encodings;
using Webserv.Testing.Http;

namespace Webserv.Plugins.StaticFiles.Tests.Encodings;

/// <summary>Several requests at once, files that change, clients that go away, and the bounds of memory.</summary>
public sealed class CompressionLoadTests
{
    private static readonly string Large = CodedSite.Text(600_000);

    [Fact]
    public async Task Get_LargeFile_IsSentWhileItIsCompressed()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.Codings = ["gzip"]);
        site.Write("a.txt", Large);
        site.Files.Free = 400_000;
        site.Files.Hold();
        var context = TestHttpContext.Get("/a.txt").WithHeader("Accept-Encoding", "gzip");

        var answer = site.SendAsync(context);
        await CodedSite.WaitAsync(() => context.Response.HasStarted && context.Response.BytesWritten > 0);
        Assert.False(answer.IsCompleted);
        site.Files.Release();
        var response = await answer;

        Assert.Equal(Large, Encoding.UTF8.GetString(CodedBytes.Decode(response)));
        var again = await site.GetAsync("/a.txt");
        Assert.Equal(response.BodyBytes, again.BodyBytes);
        Assert.Equal(response.Headers["ETag"], again.Headers["ETag"]);
        Assert.Equal(1, site.Files.Opened);
    }

    [Fact]
    public async Task Get_ManyAtOnce_CompressOnce()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.MaxConcurrent = 1);
        site.Write("a.txt", Large);
        site.Files.Hold();
        var answers = Enumerable.Range(0, 20).Select(_ => site.GetAsync("/a.txt")).ToArray();
        Assert.DoesNotContain(answers, answer => answer.IsCompleted);
        site.Files.Release();

        foreach (var response in await Task.WhenAll(answers))
        {
            Assert.Equal("br", response.Headers["Content-Encoding"]);
            Assert.Equal(Large, Encoding.UTF8.GetString(CodedBytes.Decode(response)));
        }

        Assert.Equal(1, site.Files.Opened);
    }

    [Fact]
    public async Task Get_MoreThanMayBeCompressedAtOnce_IsSentAsItIs_AndCompressedLater()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.MaxConcurrent = 1);
        site.Write("a.txt", Large);
        site.Write("b.txt", Large);
        site.Files.Hold();
        var first = site.GetAsync("/a.txt");
        await CodedSite.WaitAsync(() => site.Files.Opened == 1);

        var second = await site.GetAsync("/b.txt");
        var third = site.GetAsync("/b.txt", "gzip, identity;q=0");
        Assert.Equal((200, Large, "Accept-Encoding"), (second.StatusCode, second.BodyText, second.Headers["Vary"].ToString()));
        Assert.False(third.IsCompleted);
        site.Files.Release();

        Assert.Equal("br", (await first).Headers["Content-Encoding"]);
        Assert.Equal("gzip", (await third).Headers["Content-Encoding"]);
        await site.WaitUntilCompressedAsync("b.txt", 1);
        Assert.Equal("br", (await site.GetAsync("/b.txt")).Headers["Content-Encoding"]);
    }

    [Fact]
    public async Task Get_ClientGoesAway_EndsTheCompression_UnlessAnotherWaits()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.Codings = ["gzip"]);
        site.Write("a.txt", Large);
        site.Files.Free = 100_000;
        site.Files.Hold();
        using var gone = new CancellationTokenSource();
        using var alsoGone = new CancellationTokenSource();
        var first = site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("Accept-Encoding", "gzip"), gone.Token);
        var second = site.SendAsync(TestHttpContext.Get("/a.txt").WithHeader("Accept-Encoding", "gzip"), alsoGone.Token);
        var third = site.GetAsync("/a.txt");
        await CodedSite.WaitAsync(() => site.Files.Opened == 1);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await alsoGone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        site.Files.Release();
        Assert.Equal(Large, Encoding.UTF8.GetString(CodedBytes.Decode(await third)));

        site.Write("b.txt", Large);
        site.Files.Hold();
        using var last = new CancellationTokenSource();
        var alone = site.SendAsync(TestHttpContext.Get("/b.txt").WithHeader("Accept-Encoding", "gzip"), last.Token);
        await CodedSite.WaitAsync(() => site.Files.Opened == 2);
        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => alone);
        site.Files.Release();
        await CodedSite.WaitAsync(() => site.Files.Closed == 2);

        // What was given up is begun again by the next one.
        Assert.Equal(Large, Encoding.UTF8.GetString(CodedBytes.Decode(await site.GetAsync("/b.txt"))));
        Assert.Equal(3, site.Files.Opened);
        await CodedSite.WaitAsync(() => site.Log.Entries.Any(
            entry => entry.Message.EndsWith("b.txt: nobody waits for gzip any more, compression given up", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Get_FileChangesWhileItIsCompressed_IsCutAndNotKept()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.Codings = ["gzip"]);
        site.Write("a.txt", Large);
        site.Files.Free = 400_000;
        site.Files.Hold();
        var context = TestHttpContext.Get("/a.txt").WithHeader("Accept-Encoding", "gzip");
        var answer = site.SendAsync(context);
        await CodedSite.WaitAsync(() => context.Response.BytesWritten > 0);

        var text = CodedSite.Text(600_000, seed: 2);
        site.Write("a.txt", text, CodedSite.Modified.AddHours(1));
        site.Files.Release();

        await Assert.ThrowsAsync<IOException>(() => answer);
        await CodedSite.WaitAsync(() => site.Log.Entries.Any(
            entry => entry.Message.Contains("a.txt: not compressed into gzip: ", StringComparison.Ordinal)));
        var next = await site.GetAsync("/a.txt");
        Assert.Equal(("gzip", text), (next.Headers["Content-Encoding"].ToString(), Encoding.UTF8.GetString(CodedBytes.Decode(next))));
    }

    [Fact]
    public async Task Get_FileChangesBeforeAnythingIsSent_FallsBackToTheFile()
    {
        await using var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.txt", CodedSite.Text(10_000));
        site.Files.Hold();
        var allowed = site.GetAsync("/a.txt");
        var refused = site.GetAsync("/a.txt", "br, identity;q=0");
        await CodedSite.WaitAsync(() => site.Files.Opened == 1);

        site.Write("a.txt", CodedSite.Text(10_000, seed: 2), CodedSite.Modified.AddHours(1));
        site.Files.Release();

        Assert.False((await allowed).Headers.Contains("Content-Encoding"));
        Assert.Equal(503, (await refused).StatusCode);
    }

    [Fact]
    public async Task Get_ReadersAndAWriterThatSwapsFiles_NoAnswerIsAMixture()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => options.MaxConcurrent = 4);
        var texts = Enumerable.Range(0, 4).Select(seed => CodedSite.Text(100_000 + (seed * 1000), seed)).ToArray();
        site.Write("a.txt", texts[0]);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(() =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var next = site.Write($"next{i % 2}", texts[i % 4], CodedSite.Modified.AddSeconds(i));
                File.Move(next, Path.Combine(site.Root, "a.txt"), overwrite: true);
            }
        }, TestContext.Current.CancellationToken);
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            var count = 0;
            for (var i = 0; i < 40; i++)
            {
                var response = await site.GetAsync("/a.txt", i % 2 == 0 ? "br, identity;q=0" : "gzip, identity;q=0");
                if (response.Headers.Contains("Content-Encoding"))
                {
                    Assert.Contains(Encoding.UTF8.GetString(CodedBytes.Decode(response)), texts);
                    count++;
                }
            }

            return count;
        }, TestContext.Current.CancellationToken)).ToArray();

        var coded = await Task.WhenAll(readers);
        await stop.CancelAsync();
        await writer;
        Assert.True(coded.Sum() > 0, "nothing was compressed");
    }

    [Fact]
    public async Task Find_MoreThanTheBudget_DropsWhatWasNotUsedLately()
    {
        await using var site = await CodedSite.CreateCompressingAsync(options => (options.Codings, options.CacheSize) = (["gzip"], 40_000));
        for (var i = 0; i < 50; i++)
        {
            site.Write($"{i}.txt", CodedSite.Text(20_000, seed: i));
        }

        for (var i = 0; i < 50; i++)
        {
            Assert.Equal("gzip", (await site.GetAsync($"/{i}.txt")).Headers["Content-Encoding"]);
            await site.WaitUntilCompressedAsync($"{i}.txt", 1);
            Assert.Equal("gzip", (await site.GetAsync("/0.txt")).Headers["Content-Encoding"]);
            Assert.InRange(site.Memory, 1, 40_000);
        }

        // The one that everybody asks for was compressed once, and each of the others.
        Assert.Equal(50, site.Files.Opened);
        await site.GetAsync("/1.txt");
        Assert.Equal(51, site.Files.Opened);
    }

    [Fact]
    public void Find_OneFileInManyVersions_HoldsOneOfThem()
    {
        var cache = new CodedFileCache(1 << 20, [new Compressor(ContentCoding.Gzip, CompressionEffort.Fast)], TimeProvider.System);
        var memory = new CompressionMemory(0);
        for (var i = 0; i < 1000; i++)
        {
            var file = new Webserv.Testing.Files.TestFileEntry(Abstractions.Files.FileKind.File, "/srv/a.txt") { EntityTag = $"\"{i}\"" };
            var coded = cache.Find(file)[ContentCoding.Gzip];
            cache.Keep(coded, new CodedContent(new byte[1000], memory), isFutile: false);
            Assert.NotNull(cache.Find(file)[ContentCoding.Gzip].Content);
            Assert.InRange(cache.Memory, 1000, 5000);
            Assert.Equal(1000, memory.Held);
        }
    }

    [Fact]
    public void Keep_VersionThatIsNotTheFilesAnyMore_IsNotKept()
    {
        var cache = new CodedFileCache(1 << 20, [new Compressor(ContentCoding.Gzip, CompressionEffort.Fast)], TimeProvider.System);
        var old = cache.Find(new Webserv.Testing.Files.TestFileEntry(Abstractions.Files.FileKind.File, "/srv/a.txt") { EntityTag = "\"1\"" })[ContentCoding.Gzip];
        _ = cache.Find(new Webserv.Testing.Files.TestFileEntry(Abstractions.Files.FileKind.File, "/srv/a.txt") { EntityTag = "\"2\"" });
        var before = cache.Memory;
        cache.Keep(old, new CodedContent(new byte[1000], new CompressionMemory(0)), isFutile: false);
        Assert.Equal((before, null), (cache.Memory, old.Content));
    }

    [Fact]
    public async Task Dispose_CompressionUnderWay_EndsItAndWaits()
    {
        var site = await CodedSite.CreateCompressingAsync();
        site.Write("a.txt", Large);
        site.Files.Hold();
        var answer = site.GetAsync("/a.txt", "br, identity;q=0");
        await CodedSite.WaitAsync(() => site.Files.Opened == 1);

        var end = site.StopAsync().AsTask();
        Assert.False(end.IsCompleted);
        site.Files.Release();
        await end;

        Assert.Equal(1, site.Files.Closed);
        Assert.Equal(503, (await answer).StatusCode);
        await site.DisposeAsync();
    }
}
