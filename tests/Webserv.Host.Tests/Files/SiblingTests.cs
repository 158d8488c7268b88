using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Files;
using Webserv.Host.Configuration;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

/// <summary>Files beside a file: what is found, and at what cost.</summary>
public sealed class SiblingTests : IDisposable
{
    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(".br", FileKind.File)]
    [InlineData(".gz", FileKind.Missing)]
    [InlineData(".dir", FileKind.Directory)]
    [InlineData(".out", FileKind.Forbidden)]
    [InlineData(".in", FileKind.File)]
    [InlineData("", FileKind.File)]
    [InlineData("/../a.js.br", FileKind.Missing)]
    [InlineData("\\", FileKind.Missing)]
    [InlineData("\0", FileKind.Missing)]
    public void FindSibling_Suffix_IsFoundUnderTheRulesOfTheRoot(string suffix, FileKind expected)
    {
        File.WriteAllText(Path.Combine(_tree.Top, "secret"), "secret");
        _tree.Write("a/a.js", "plain");
        _tree.Write("a/a.js.br", "coded");
        _tree.Write("a/a.js.dir/x", "x");
        _tree.Link("a/a.js.out", "../../secret");
        _tree.Link("a/a.js.in", "a.js");
        var root = _tree.Open();

        var found = root.FindSibling(root.Find("/a/a.js"), suffix);

        Assert.Equal(expected, found.Kind);
    }

    [Fact]
    public void FindSibling_BelowAnAlias_IsThatOfTheFile()
    {
        _tree.Write("a.js", "plain");
        var path = _tree.Write("a.js.br", "coded");
        var root = _tree.Open(_tree.CreateCache(), prefix: "/kapouet");

        Assert.Equal(path, root.FindSibling(root.Find("/kapouet/a.js"), ".br").PhysicalPath);
    }

    [Fact]
    public void FindSibling_WhatIsNoFileOfTheRoot_Throws()
    {
        _tree.Write("a/a.js", "plain");
        var root = _tree.Open();
        var other = _tree.Open();
        Assert.Throws<ArgumentException>(() => root.FindSibling(root.Find("/a"), ".br"));
        Assert.Throws<ArgumentException>(() => root.FindSibling(other.Find("/a/a.js"), ".br"));
        Assert.Throws<ArgumentException>(() => root.OpenRead(root.Find("/a")));
        Assert.Throws<ArgumentException>(() => root.OpenRead(other.Find("/a/a.js")));
    }

    [Fact]
    public void FindSibling_HitsAndMisses_AllocateNothing()
    {
        _tree.Write("a.js", "plain");
        _tree.Write("a.js.br", "coded");
        var root = _tree.Open(_tree.CreateCache(new FileCacheOptions { ValidFor = TimeSpan.FromHours(1) }));
        var file = root.Find("/a.js");
        Look();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Look();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Look()
        {
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(root.FindSibling(file, ".br").Kind == FileKind.File);
                Assert.True(root.FindSibling(file, ".zst").Kind == FileKind.Missing);
                Assert.True(root.FindSibling(file, ".gz").Kind == FileKind.Missing);
            }
        }
    }

    [Fact]
    public void FindSibling_ManyFilesWithNothingBeside_IsAskedOnceEach_WhateverElseIsMissing()
    {
        const int Files = 30;
        string[] suffixes = [".br", ".zst", ".gz"];
        for (var i = 0; i < Files; i++)
        {
            _tree.Write($"{i}.js", "plain");
        }

        // Room for ten misses; those of the first turn alone are ninety.
        var system = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(new FileCacheOptions { MaxEntries = 40, ValidFor = TimeSpan.FromHours(1) }, files: system));
        Turn();
        var looks = system.Looks;
        Assert.Equal(Files * (1 + suffixes.Length), looks);

        Turn();
        for (var i = 0; i < 100; i++)
        {
            root.Find($"/nothing{i}");
        }

        Turn();
        Assert.Equal(looks + 100, system.Looks);

        void Turn()
        {
            for (var i = 0; i < Files; i++)
            {
                var file = root.Find($"/{i}.js");
                Assert.All(suffixes, suffix => Assert.Equal(FileKind.Missing, root.FindSibling(file, suffix).Kind));
            }
        }
    }

    [Fact]
    public void FindSibling_ThatComesAndGoes_IsSeenWhenItIsAskedForAgain()
    {
        var time = new FakeTimeProvider();
        _tree.Write("a.js", "plain");
        var cache = _tree.CreateCache(new FileCacheOptions { ValidFor = TimeSpan.FromSeconds(1) }, time);
        var root = _tree.Open(cache);
        Assert.Equal(FileKind.Missing, Find());

        var sibling = _tree.Write("a.js.br", "coded");
        Assert.Equal(FileKind.Missing, Find());
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(FileKind.File, Find());

        File.Delete(sibling);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(FileKind.Missing, Find());

        _tree.Write("a.js.br", "coded");
        cache.Invalidate(sibling);
        Assert.Equal(FileKind.File, Find());

        FileKind Find() => root.FindSibling(root.Find("/a.js"), ".br").Kind;
    }

    [Fact]
    public void FindIn_ManyDirectoriesWithoutAnIndex_IsAskedOnceEach()
    {
        for (var i = 0; i < 30; i++)
        {
            _tree.Write($"{i}/a", "x");
        }

        var system = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(new FileCacheOptions { MaxEntries = 40, ValidFor = TimeSpan.FromHours(1) }, files: system));
        Turn();
        var looks = system.Looks;
        Turn();
        Assert.Equal(looks, system.Looks);

        void Turn()
        {
            for (var i = 0; i < 30; i++)
            {
                Assert.Equal(FileKind.Missing, root.FindIn(root.Find($"/{i}"), "index.html").Kind);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(300_000)]
    public void OpenRead_File_IsItsContent(int length)
    {
        var text = new string('x', length);
        _tree.Write("a", text);
        var root = _tree.Open();
        var file = root.Find("/a");

        using var reader = new StreamReader(root.OpenRead(file));

        Assert.Equal(text, reader.ReadToEnd());
    }

    [Fact]
    public void OpenRead_FileReplacedMeanwhile_IsStillTheOneThatWasFound()
    {
        var old = new string('o', 300_000);
        _tree.Write("a", old);
        var root = _tree.Open();
        using var reader = new StreamReader(root.OpenRead(root.Find("/a")), bufferSize: 1000);
        Assert.Equal('o', reader.Read());

        _tree.Write("b", new string('n', 300_000));
        File.Move(Path.Combine(_tree.Www, "b"), Path.Combine(_tree.Www, "a"), overwrite: true);

        Assert.Equal(old[1..], reader.ReadToEnd());
    }

    [Theory]
    [InlineData(300_000)]
    [InlineData(299_999)]
    [InlineData(400_000)]
    public void OpenRead_FileWrittenOverMeanwhile_Throws(int length)
    {
        _tree.Write("a", new string('o', 300_000), new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc));
        var root = _tree.Open();
        var file = root.Find("/a");
        using var stream = root.OpenRead(file);
        stream.ReadExactly(new byte[1000]);

        _tree.Write("a", new string('n', length));

        Assert.Throws<IOException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public void OpenRead_Disposed_LeavesTheDescriptorToTheCache()
    {
        _tree.Write("a", new string('o', 300_000));
        var cache = _tree.CreateCache();
        var root = _tree.Open(cache);
        var file = root.Find("/a");
        root.OpenRead(file).Dispose();
        Assert.Equal(1, _tree.CountDescriptors());

        var held = root.OpenRead(file);
        cache.Dispose();
        Assert.Equal(1, _tree.CountDescriptors());
        held.Dispose();
        Assert.Equal(0, _tree.CountDescriptors());
    }
}
