using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Host.Configuration;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class OpenFileCacheTests : IDisposable
{
    private static readonly DateTime Old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly FileTree _tree = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Find_FileThatChanges_IsSeenAfterItsTime()
    {
        _tree.Write("a", "one");
        var root = _tree.Open(_tree.CreateCache(time: _time));
        var first = root.Find("/a");
        _tree.Write("a", "other");

        Assert.Same(first, root.Find("/a"));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        var second = root.Find("/a");

        Assert.Equal("other", FileTree.Text(second));
        Assert.NotEqual(first.EntityTag, second.EntityTag);
        Assert.Equal("one", FileTree.Text(first));
    }

    [Fact]
    public void Find_FileThatStays_IsTheSameEntry()
    {
        _tree.Write("a", "one");
        var files = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(time: _time, files: files));
        var first = root.Find("/a");
        for (var i = 0; i < 5; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(2));
            Assert.Same(first, root.Find("/a"));
            Assert.Same(first, root.Find("/a"));
        }

        Assert.Equal(1, files.Opens);
        Assert.Equal(6, files.Looks);
    }

    [Fact]
    public void Find_ChangeThatTheTimesCannotTell_IsSeenAfterItsTime()
    {
        // Of the same length, within the resolution of the file system's clock.
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var path = _tree.Write("a", "one");
        var stamp = File.GetLastWriteTimeUtc(path);
        var root = _tree.Open(_tree.CreateCache(time: time));
        Assert.Equal("one", FileTree.Text(root.Find("/a")));
        _tree.Write("a", "two", stamp);

        time.Advance(TimeSpan.FromSeconds(1.1));

        Assert.Equal("two", FileTree.Text(root.Find("/a")));
    }

    [Fact]
    public void Find_MissThatComesIntoBeing_IsSeenAfterItsTime()
    {
        var root = _tree.Open(_tree.CreateCache(time: _time));
        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);
        _tree.Write("a", "x");
        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal("x", FileTree.Text(root.Find("/a")));
        File.Delete(Path.Combine(_tree.Www, "a"));
        Directory.CreateDirectory(Path.Combine(_tree.Www, "a"));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(FileKind.Directory, root.Find("/a").Kind);
        Directory.Delete(Path.Combine(_tree.Www, "a"));
        _time.Advance(TimeSpan.FromSeconds(1.1));
        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);
    }

    [Fact]
    public void Find_TwoRootsOfOneDirectory_ShareTheirEntries()
    {
        _tree.Write("a", "x");
        var cache = _tree.CreateCache();
        Assert.Same(_tree.Open(cache).Find("/a"), _tree.Open(cache, prefix: "/p").Find("/p/a"));
        Assert.NotSame(_tree.Open(cache).Find("/a"), _tree.Open(cache, SymbolicLinkPolicy.Follow).Find("/a"));
    }

    [Fact]
    public void Find_ScanOfRandomPaths_StaysBoundedAndPushesNoFileOut()
    {
        _tree.Write("small", "x", Old);
        _tree.Write("large", new string('x', 200_000), Old);
        var cache = _tree.CreateCache(new() { MaxEntries = 100, ValidFor = TimeSpan.FromDays(1) }, _time);
        var root = _tree.Open(cache);
        var small = root.Find("/small");
        var large = root.Find("/large");

        for (var i = 0; i < 5000; i++)
        {
            root.Find($"/scan-{i}");
        }

        Assert.Same(small, root.Find("/small"));
        Assert.Same(large, root.Find("/large"));
        Assert.InRange(cache.Count, 3, 100);
    }

    [Fact]
    public void Find_LongMisses_AreNotRemembered()
    {
        var cache = _tree.CreateCache();
        var root = _tree.Open(cache);
        for (var i = 0; i < 10; i++)
        {
            root.Find("/" + string.Concat(Enumerable.Repeat($"{i}/", 300)));
        }

        Assert.Equal(0, cache.Count);
    }

    [Fact]
    public void Find_MoreFilesThanEntries_StaysBounded()
    {
        for (var i = 0; i < 60; i++)
        {
            _tree.Write($"{i}", $"{i}", Old);
        }

        var cache = _tree.CreateCache(new() { MaxEntries = 20 }, _time);
        var root = _tree.Open(cache);
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"{i % 60}", FileTree.Text(root.Find($"/{i % 60}")));
            Assert.InRange(cache.Count, 1, 20);
        }
    }

    [Fact]
    public void Find_FileInUse_OutlivesOthers()
    {
        for (var i = 0; i < 60; i++)
        {
            _tree.Write($"{i}", $"{i}", Old);
        }

        _tree.Write("hot", "hot", Old);
        var root = _tree.Open(_tree.CreateCache(new() { MaxEntries = 20, ValidFor = TimeSpan.FromDays(1) }, _time));
        var hot = root.Find("/hot");
        for (var i = 0; i < 300; i++)
        {
            root.Find($"/{i % 60}");
            Assert.Same(hot, root.Find("/hot"));
        }
    }

    [Fact]
    public void Find_MoreContentThanMemory_StaysWithinTheBudget()
    {
        var content = new string('x', 10_000);
        for (var i = 0; i < 40; i++)
        {
            _tree.Write($"{i}", content, Old);
        }

        var cache = _tree.CreateCache(new() { MaxMemory = 100_000 }, _time);
        var root = _tree.Open(cache);
        for (var i = 0; i < 200; i++)
        {
            var file = (CachedFile)root.Find($"/{i * 7 % 40}");
            Assert.Equal(10_000, file.Length);
            Assert.Equal(content, ReadAll(file));
            Assert.InRange(cache.Memory, 1, 100_000);
        }
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void Find_FileAboveTheLimit_IsKeptByDescriptor(int length, bool isInMemory)
    {
        _tree.Write("a", new string('x', length), Old);
        var file = (CachedFile)_tree.Open(_tree.CreateCache(new() { MaxFileInMemory = 1000 }, _time)).Find("/a");
        Assert.Equal(isInMemory, file.Content is not null);
        Assert.Equal(isInMemory ? 0 : 1, _tree.CountDescriptors());
        Assert.Equal(new string('x', length), ReadAll(file));
    }

    [Fact]
    public void Find_MoreLargeFilesThanDescriptors_StaysWithinTheBudgetAndGivesAllBack()
    {
        for (var i = 0; i < 100; i++)
        {
            _tree.Write($"{i}", $"{i}", Old);
        }

        var cache = _tree.CreateCache(OnlyDescriptors, _time, new FaultyFileSystem { DescriptorBudget = 10 });
        var root = _tree.Open(cache);
        for (var i = 0; i < 300; i++)
        {
            Assert.Equal($"{i % 100}", ReadAll((CachedFile)root.Find($"/{i % 100}")));

            // Ten that are held, and those let go of within the last second.
            Assert.InRange(_tree.CountDescriptors(), 1, 10 + 64);
        }

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(10, _tree.CountDescriptors());
        cache.Dispose();
        Assert.Equal(0, _tree.CountDescriptors());
        Assert.Equal(0, cache.Memory);
    }

    [Fact]
    public void TryRent_FileThatIsLetGoOf_StaysOpenUntilItIsReturned()
    {
        _tree.Write("a", "old", Old);
        var root = _tree.Open(_tree.CreateCache(OnlyDescriptors, _time));
        var file = (CachedFile)root.Find("/a");
        Assert.True(file.TryRent(out var handle));
        Replace("a", "new");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("new", ReadAll((CachedFile)root.Find("/a")));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("old", Read(handle, 3));
        Assert.Equal(2, _tree.CountDescriptors());
        file.Return(handle);
        Assert.Equal(1, _tree.CountDescriptors());
    }

    [Fact]
    public void TryRent_WithinASecondAfterTheChange_StillHasTheOldFile()
    {
        _tree.Write("a", "old", Old);
        var root = _tree.Open(_tree.CreateCache(OnlyDescriptors, _time));
        var file = (CachedFile)root.Find("/a");
        Replace("a", "new");
        _time.Advance(TimeSpan.FromSeconds(2));
        root.Find("/a");

        Assert.Equal("old", ReadAll(file));
    }

    [Fact]
    public void TryRent_LetGoOfAndChanged_IsRefused()
    {
        _tree.Write("a", "old", Old);
        var root = _tree.Open(_tree.CreateCache(OnlyDescriptors, _time));
        var file = (CachedFile)root.Find("/a");
        Replace("a", "new");
        _time.Advance(TimeSpan.FromSeconds(2));
        root.Find("/a");
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(file.TryRent(out _));
        Assert.Equal(1, _tree.CountDescriptors());
    }

    [Fact]
    public void TryRent_LetGoOfButUnchanged_OpensItAgain()
    {
        _tree.Write("a", "old", Old);
        var cache = _tree.CreateCache(OnlyDescriptors, _time);
        var file = (CachedFile)_tree.Open(cache).Find("/a");
        cache.Dispose();
        Assert.Equal(0, _tree.CountDescriptors());

        Assert.Equal("old", ReadAll(file));
        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Fact]
    public void TryRent_FileInMemory_GivesADescriptorOfItsOwn()
    {
        _tree.Write("a", "x", Old);
        var file = (CachedFile)_tree.Open().Find("/a");
        Assert.True(file.TryRent(out var handle));
        Assert.Equal("x", Read(handle, 1));
        file.Return(handle);
        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Fact]
    public void TryRent_Directory_IsRefused() => Assert.False(((CachedFile)_tree.Open().Find("/")).TryRent(out _));

    [Fact]
    public void Find_OutOfDescriptors_ShedsAndTriesAgain()
    {
        for (var i = 0; i < 20; i++)
        {
            _tree.Write($"{i}", "x", Old);
        }

        var files = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(OnlyDescriptors, _time, files));
        for (var i = 0; i < 10; i++)
        {
            root.Find($"/{i}");
        }

        Assert.Equal(10, _tree.CountDescriptors());
        files.Fail(new FileLookup(FileKind.Missing, Trouble: "Too many open files", IsExhausted: true), times: 1);

        Assert.Equal("x", ReadAll((CachedFile)root.Find("/11")));
        Assert.Equal(1, _tree.CountDescriptors());
        Assert.Equal("x", ReadAll((CachedFile)root.Find("/1")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_TroubleThatStays_IsServiceUnavailableAndPasses(bool isExhausted)
    {
        _tree.Write("a", "x", Old);
        var files = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(time: _time, files: files));
        files.Fail(new FileLookup(FileKind.Missing, Trouble: "Input/output error", IsExhausted: isExhausted), times: 2);

        Assert.Equal(503, Assert.Throws<HttpException>(() => root.Find("/a")).StatusCode);
        files.Fail(default, times: 0);
        Assert.Equal("x", FileTree.Text(root.Find("/a")));

        // And once it is known: the next to ask tries again.
        _time.Advance(TimeSpan.FromSeconds(2));
        files.Fail(new FileLookup(FileKind.Missing, Trouble: "Input/output error", IsExhausted: isExhausted), times: 2);
        Assert.Equal(503, Assert.Throws<HttpException>(() => root.Find("/a")).StatusCode);
        files.Fail(default, times: 0);
        Assert.Equal("x", FileTree.Text(root.Find("/a")));
    }

    [Fact]
    public void Find_ErrorWhileReading_IsServiceUnavailableAndLeavesNothingOpen()
    {
        _tree.Write("a", "x", Old);
        var files = new FaultyFileSystem { ReadError = new IOException("Input/output error") };
        var cache = _tree.CreateCache(time: _time, files: files);
        var root = _tree.Open(cache);

        Assert.Equal(503, Assert.Throws<HttpException>(() => root.Find("/a")).StatusCode);
        Assert.Equal(0, cache.Memory);
        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Fact]
    public void Find_FileThatGrowsWhileItIsRead_IsWhole()
    {
        var path = _tree.Write("a", "one", Old);
        var files = new FaultyFileSystem { BeforeRead = () => File.AppendAllText(path, "two") };
        var file = (CachedFile)_tree.Open(_tree.CreateCache(time: _time, files: files)).Find("/a");

        Assert.Equal(file.Length, file.Content!.Length);
        Assert.Equal("onetwo", FileTree.Text(file));
    }

    [Fact(Timeout = 60_000)]
    public async Task Find_FileThatIsReplacedUnderLoad_IsNeverMixed()
    {
        foreach (var maxInMemory in new ByteSize[] { 100_000, 0 })
        {
            Replace("a", Version(0));
            var cache = _tree.CreateCache(new() { ValidFor = TimeSpan.FromMilliseconds(1), MaxFileInMemory = maxInMemory });
            var root = _tree.Open(cache);
            using var stop = new CancellationTokenSource();
            var writer = Task.Run(
                () =>
                {
                    for (var i = 1; !stop.IsCancellationRequested; i++)
                    {
                        Replace("a", Version(i));
                    }
                },
                TestContext.Current.CancellationToken);
            var seen = new HashSet<string>();
            var versions = 0;
            try
            {
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(
                    () =>
                    {
                        for (var i = 0; i < 20_000 || Volatile.Read(ref versions) < 5; i++)
                        {
                            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                            var file = (CachedFile)root.Find("/a");
                            Assert.Equal(FileKind.File, file.Kind);

                            var content = ReadAll(file);
                            Assert.Equal(file.Length, content.Length);
                            Assert.Equal(Version(content[0] - 'a'), content);
                            lock (seen)
                            {
                                seen.Add(content);
                                Volatile.Write(ref versions, seen.Count);
                            }
                        }
                    },
                    TestContext.Current.CancellationToken)));
            }
            finally
            {
                await stop.CancelAsync();
                await writer;
            }

            cache.Dispose();
        }

        // Of a length that goes with the letter, so that two versions cannot pass for one.
        static string Version(int i) => new((char)('a' + (i % 26)), 1000 + (i % 26 * 100));
    }

    private static FileCacheOptions OnlyDescriptors => new() { MaxFileInMemory = 0 };

    private static string ReadAll(CachedFile file)
    {
        if (file.Content is not null)
        {
            return FileTree.Text(file);
        }

        Assert.True(file.TryRent(out var handle));
        try
        {
            return Read(handle, (int)file.Length);
        }
        finally
        {
            file.Return(handle);
        }
    }

    private static string Read(SafeFileHandle handle, int length)
    {
        var buffer = new byte[length];
        Assert.Equal(length, RandomAccess.Read(handle, buffer, 0));
        return System.Text.Encoding.UTF8.GetString(buffer);
    }

    private void Replace(string path, string content)
    {
        var temporary = _tree.Write(path + ".new", content);
        File.Move(temporary, Path.Combine(_tree.Www, path), overwrite: true);
    }
}
