using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

/// <summary>What changed is seen at once after <see cref="IOpenFileCache.Invalidate"/>: the clock stands still in all of them.</summary>
public sealed class InvalidationTests : IDisposable
{
    private readonly FileTree _tree = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Find_MissThatCameIntoBeing_IsThereAfterInvalidate()
    {
        var cache = _tree.CreateCache(time: _time);
        var root = _tree.Open(cache);
        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);
        var path = _tree.Write("a", "x");
        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);

        cache.Invalidate(path);

        Assert.Equal("x", FileTree.Text(root.Find("/a")));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public void Find_FileThatWasReplacedAndRemoved_FollowsInvalidate(int length)
    {
        var path = _tree.Write("a", new string('x', length));
        var cache = _tree.CreateCache(time: _time);
        var root = _tree.Open(cache);
        var before = root.Find("/a").EntityTag;
        File.Move(_tree.Write("b", new string('y', length)), path, overwrite: true);
        cache.Invalidate(path);
        Assert.NotEqual(before, root.Find("/a").EntityTag);

        File.Delete(path);
        cache.Invalidate(path);

        Assert.Equal(FileKind.Missing, root.Find("/a").Kind);
    }

    [Fact]
    public void Find_BelowADirectoryThatWentAway_FollowsInvalidateOfTheDirectory()
    {
        _tree.Write("d/e/f", "x");
        var cache = _tree.CreateCache(time: _time);
        var root = _tree.Open(cache);
        var directory = root.Find("/d/e/");
        Assert.Equal((FileKind.File, FileKind.Missing), (root.Find("/d/e/f").Kind, root.FindIn(directory, "index.html").Kind));
        Directory.Delete(Path.Combine(_tree.Www, "d"), recursive: true);

        cache.Invalidate(Path.Combine(_tree.Www, "d"));

        Assert.Equal((FileKind.Missing, FileKind.Missing), (root.Find("/d/e/f").Kind, root.Find("/d/e/").Kind));
        _tree.Write("d/e/index.html", "y");
        cache.Invalidate(Path.Combine(_tree.Www, "d", "e", "index.html"));
        Assert.Equal("y", FileTree.Text(root.FindIn(root.Find("/d/e/"), "index.html")));
    }

    [Fact]
    public void Find_ThroughAliasesAndLinks_FollowsInvalidateOfThePhysicalPath()
    {
        var path = _tree.Write("real/a", "old");
        _tree.Link("linked", "real");
        var cache = _tree.CreateCache(time: _time);
        var alias = _tree.Open(cache, prefix: "/p");
        var linked = _tree.Open(cache, SymbolicLinkPolicy.Follow);
        Assert.Equal("old", FileTree.Text(alias.Find("/p/real/a")));
        Assert.Equal("old", FileTree.Text(linked.Find("/linked/a")));
        Assert.Equal("old", FileTree.Text(cache.FindFile(path)));
        _tree.Write("real/a", "newer");

        cache.Invalidate(path);

        Assert.Equal("newer", FileTree.Text(alias.Find("/p/real/a")));
        Assert.Equal("newer", FileTree.Text(linked.Find("/linked/a")));
        Assert.Equal("newer", FileTree.Text(cache.FindFile(path)));
    }

    [Fact]
    public void Find_FileThatStays_IsComparedOnceAndKept()
    {
        var path = _tree.Write("a", "x");
        var files = new FaultyFileSystem();
        var cache = _tree.CreateCache(time: _time, files: files);
        var root = _tree.Open(cache);
        var first = root.Find("/a");

        cache.Invalidate(Path.Combine(_tree.Www, "b"));
        Assert.Same(first, root.Find("/a"));
        Assert.Same(first, root.Find("/a"));

        Assert.Equal((2, 1), (files.Looks, files.Opens));
        Assert.Equal(path, first.PhysicalPath);
    }

    [Fact]
    public void Find_InvalidatedWhileItWasRead_IsReadAgain()
    {
        var path = _tree.Write("a", "old");
        var files = new FaultyFileSystem();
        var cache = _tree.CreateCache(time: _time, files: files);
        var root = _tree.Open(cache);
        files.BeforeRead = () =>
        {
            File.Move(_tree.Write("b", "new"), path, overwrite: true);
            cache.Invalidate(path);
        };
        Assert.Equal("old", FileTree.Text(root.Find("/a")));

        Assert.Equal("new", FileTree.Text(root.Find("/a")));
    }

    [Fact]
    public void Find_CheckThatBeganBeforeInvalidate_IsNotWaitedFor()
    {
        // The check of one thread is held between its look and its reading while another asks.
        var path = _tree.Write("a", "one");
        var files = new FaultyFileSystem();
        var cache = _tree.CreateCache(time: _time, files: files);
        var root = _tree.Open(cache);
        root.Find("/a");
        File.Move(_tree.Write("b", "two"), path, overwrite: true);
        _time.Advance(TimeSpan.FromSeconds(2));
        var meanwhile = "";
        files.BeforeRead = () =>
        {
            File.Move(_tree.Write("b", "three"), path, overwrite: true);
            cache.Invalidate(path);
            meanwhile = FileTree.Text(root.Find("/a"));
        };

        Assert.Equal("two", FileTree.Text(root.Find("/a")));
        Assert.Equal("three", meanwhile);
        Assert.Equal("three", FileTree.Text(root.Find("/a")));
    }

    [Fact]
    public void FindAgain_EntryOfAnyKind_IsLookedUpWhateverItsAge()
    {
        var path = _tree.Write("a", "old");
        var root = _tree.Open(_tree.CreateCache(time: _time));
        var file = root.Find("/a");
        var miss = root.Find("/m");
        Assert.Same(file, root.FindAgain(file));
        _tree.Write("a", "newer");
        _tree.Write("m", "x");
        Assert.Equal("newer", FileTree.Text(root.FindAgain(file)));
        Assert.Equal(FileKind.File, root.FindAgain(miss).Kind);
        File.Delete(path);
        Assert.Equal(FileKind.Missing, root.FindAgain(file).Kind);
        Assert.Throws<ArgumentException>(() => _tree.Open(_tree.CreateCache()).FindAgain(file));
    }

    [Fact]
    public void FindAgain_DirectoryOnTheWaySwappedForALinkOut_IsForbidden()
    {
        _tree.Write("sub/a", "x");
        _tree.Write("../out/a", "secret");
        var root = _tree.Open(_tree.CreateCache(time: _time));
        var file = root.Find("/sub/a");
        Directory.Move(Path.Combine(_tree.Www, "sub"), Path.Combine(_tree.Www, "moved"));
        _tree.Link("sub", Path.Combine(_tree.Top, "out"));

        Assert.Equal(FileKind.Forbidden, root.FindAgain(file).Kind);
    }

    [Fact]
    public void Invalidate_RelativePath_Throws() => Assert.Throws<ArgumentException>(() => _tree.CreateCache().Invalidate("a"));
}
