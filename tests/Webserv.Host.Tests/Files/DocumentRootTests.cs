using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Extensions.Time.Testing;
using Moq;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

[UnsupportedOSPlatform("windows")]
public sealed partial class DocumentRootTests : IDisposable
{
    private readonly FileTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Find_File_HasItsValuesAndContent()
    {
        var path = _tree.Write("a/b.txt", "hello", new DateTime(2024, 2, 29, 12, 34, 56, 789, DateTimeKind.Utc));

        var file = _tree.Open().Find("/a/b.txt");

        Assert.Equal(FileKind.File, file.Kind);
        Assert.Equal(path, file.PhysicalPath);
        Assert.Equal(5, file.Length);
        Assert.Equal("hello", FileTree.Text(file));
        Assert.Equal(new DateTimeOffset(2024, 2, 29, 12, 34, 56, TimeSpan.Zero), file.LastModified);
        Assert.Equal("Thu, 29 Feb 2024 12:34:56 GMT", file.LastModifiedField);
        Assert.Matches("^\"5-17b[0-9a-f]+-[0-9a-f]+\"$", file.EntityTag);
    }

    [Theory]
    [InlineData("/", FileKind.Directory)]
    [InlineData("/a", FileKind.Directory)]
    [InlineData("/a/", FileKind.Directory)]
    [InlineData("/a/b.txt", FileKind.File)]
    [InlineData("/a/empty", FileKind.File)]
    [InlineData("/a/b.txt/", FileKind.Missing)]
    [InlineData("/a/b.txt/c", FileKind.Missing)]
    [InlineData("/a/c", FileKind.Missing)]
    [InlineData("/A/b.txt", FileKind.Missing)]
    [InlineData("/x/../a/b.txt", FileKind.Missing)]
    [InlineData("/a/../../outside", FileKind.Missing)]
    [InlineData("/.hidden", FileKind.Missing)]
    [InlineData("/.well-known/x", FileKind.File)]
    [InlineData("/a//b.txt", FileKind.Missing)]
    [InlineData("//a/b.txt", FileKind.Missing)]
    [InlineData("*", FileKind.Missing)]
    [InlineData("", FileKind.Missing)]
    [InlineData("/a/b.txt\0", FileKind.Missing)]
    [InlineData("/a/\ud800", FileKind.Missing)]
    public void Find_Path_IsOfTheRightKind(string path, FileKind expected)
    {
        File.WriteAllText(Path.Combine(_tree.Top, "outside"), "secret");
        _tree.Write("a/b.txt", "b");
        _tree.Write("a/empty", "");
        _tree.Write(".hidden", "h");
        _tree.Write(".well-known/x", "w");
        foreach (var files in new IFileSystem[] { new LinuxFileSystem(), new LinuxFileSystem(useOpenAt2: false), new PortableFileSystem() })
        {
            var cache = _tree.CreateCache(files: files);
            foreach (var links in Enum.GetValues<SymbolicLinkPolicy>())
            {
                Assert.Equal(expected, _tree.Open(cache, links).Find(path).Kind);
                Assert.Equal(expected, _tree.Open(cache, links).Find(path).Kind);
            }
        }
    }

    [Fact]
    public void Find_DotFileThatIsAllowed_IsFound()
    {
        _tree.Write(".hidden", "h");
        Assert.Equal(FileKind.File, _tree.Open(_tree.CreateCache(), dotFiles: true).Find("/.hidden").Kind);
    }

    [Fact]
    public void Find_UnderAnAlias_LooksBelowTheRoot()
    {
        _tree.Write("pouic/toto", "t");
        _tree.Write("index.html", "i");
        var root = _tree.Open(_tree.CreateCache(), prefix: "/kapouet");

        Assert.Equal("t", FileTree.Text(root.Find("/kapouet/pouic/toto")));
        Assert.Same(root.Find("/kapouet/pouic/toto"), root.Find("/kapouet/pouic/toto"));
        var directory = root.Find("/kapouet");
        Assert.Equal(FileKind.Directory, directory.Kind);
        Assert.Equal("i", FileTree.Text(root.FindIn(directory, "index.html")));
        Assert.Equal(FileKind.Missing, root.Find("/kapouet/other").Kind);
    }

    [Theory]
    [InlineData("/sub")]
    [InlineData("/sub/")]
    public void FindIn_NameInDirectory_IsTheEntryOfItsPath(string path)
    {
        _tree.Write("sub/index.html", "i");
        var root = _tree.Open();

        Assert.Same(root.Find("/sub/index.html"), root.FindIn(root.Find(path), "index.html"));
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../outside")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("b\0")]
    public void FindIn_NameThatIsNone_IsMissing(string name)
    {
        File.WriteAllText(Path.Combine(_tree.Top, "outside"), "secret");
        _tree.Write(".hidden", "h");
        var root = _tree.Open();
        Assert.Equal(FileKind.Missing, root.FindIn(root.Find("/"), name).Kind);
    }

    [Fact]
    public void FindIn_DirectoryOfAnotherRoot_IsRefused()
    {
        var cache = _tree.CreateCache();
        var other = _tree.Open(cache, SymbolicLinkPolicy.Follow).Find("/");
        Assert.Throws<ArgumentException>(() => _tree.Open(cache).FindIn(other, "index.html"));
    }

    [Fact]
    public async Task Find_NamedPipe_IsForbiddenAndDoesNotBlock()
    {
        Assert.Equal(0, MakePipe(Path.Combine(_tree.Www, "pipe"), 0x1ff));
        var root = _tree.Open();

        var entry = await Task.Run(() => root.Find("/pipe"), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.Equal(FileKind.Forbidden, entry.Kind);
    }

    [Fact]
    public void Find_Device_IsForbidden()
    {
        _tree.Link("null", "/dev/null");
        Assert.Equal(FileKind.Forbidden, _tree.Open(_tree.CreateCache(), SymbolicLinkPolicy.Follow).Find("/null").Kind);
    }

    [Theory]
    [InlineData("/unreadable", FileKind.Forbidden)]
    [InlineData("/closed", FileKind.Forbidden)]
    [InlineData("/closed/file", FileKind.Forbidden)]
    [InlineData("/readable", FileKind.File)]
    public void Find_WithoutPermission_IsForbidden(string path, FileKind expected)
    {
        const UnixFileMode Open = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(_tree.Top, Open | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_tree.Www, Open | UnixFileMode.UserWrite);
        File.SetUnixFileMode(_tree.Write("readable", "x"), Open);
        File.SetUnixFileMode(_tree.Write("unreadable", "x"), UnixFileMode.None);
        _tree.Write("closed/file", "x");
        var closed = Path.Combine(_tree.Www, "closed");
        File.SetUnixFileMode(closed, UnixFileMode.None);
        var root = _tree.Open();
        var kind = FileKind.Missing;

        // Root may read everything; a thread of its own steps down to somebody who may not.
        var thread = new Thread(() =>
        {
            _ = SetFileUser(65534);
            kind = root.Find(path).Kind;
        });
        thread.Start();
        thread.Join();

        File.SetUnixFileMode(closed, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(expected, kind);
    }

    [Fact]
    public void Find_RootThatIsALink_IsFollowed()
    {
        _tree.Write("release1/a", "1", new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _tree.Write("release2/a", "2", new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _tree.Link("current", "release1");
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var entry = new Mock<IPipelineEntry>();
        entry.SetupGet(e => e.Root).Returns(Path.Combine(_tree.Www, "current"));
        entry.Setup(e => e.GetPathBelowRoot(It.IsAny<string>())).Returns((string path) => path);
        foreach (var links in Enum.GetValues<SymbolicLinkPolicy>())
        {
            using var cache = _tree.CreateCache(time: time);
            var root = cache.OpenRoot(entry.Object, new DocumentRootOptions { SymbolicLinks = links });
            Assert.Equal("1", FileTree.Text(root.Find("/a")));

            File.Delete(Path.Combine(_tree.Www, "current"));
            _tree.Link("current", "release2");
            time.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal("2", FileTree.Text(root.Find("/a")));

            File.Delete(Path.Combine(_tree.Www, "current"));
            _tree.Link("current", "release1");
        }
    }

    [Fact]
    public void OpenRoot_EntryWithoutRoot_SaysWhere()
    {
        var entry = new Mock<IPipelineEntry>();
        entry.SetupGet(e => e.ConfigurationPath).Returns("Webserv:VirtualServers:7");
        var error = Assert.Throws<InvalidOperationException>(() => _tree.CreateCache().OpenRoot(entry.Object, new DocumentRootOptions()));
        Assert.Contains("Webserv:VirtualServers:7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_RootThatIsMissing_IsMissing()
    {
        Directory.Delete(_tree.Www);
        Assert.Equal(FileKind.Missing, _tree.Open().Find("/a").Kind);
        Directory.CreateDirectory(_tree.Www);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-86400L * 365 * 40)]
    [InlineData(0)]
    [InlineData(1_700_000_000)]
    public void Find_ModificationTime_IsGivenBack(long seconds)
    {
        _tree.Write("a", "x", DateTime.UnixEpoch.AddSeconds(seconds));
        var file = _tree.Open().Find("/a");
        Assert.Equal(seconds, file.LastModified.ToUnixTimeSeconds());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds).ToString("R", CultureInfo.InvariantCulture), file.LastModifiedField);
    }

    [Fact]
    public void Find_FileFromTheFuture_IsNoNewerThanNow()
    {
        _tree.Write("a", "x", new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var now = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);
        var file = _tree.Open(_tree.CreateCache(time: new FakeTimeProvider(now))).Find("/a");
        Assert.Equal(now, file.LastModified);
        Assert.Equal("Mon, 04 May 2026 03:02:01 GMT", file.LastModifiedField);
    }

    [Fact]
    public void Find_TwoFilesWithEqualLengthAndTime_HaveDifferentTags()
    {
        var time = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        _tree.Write("a", "1", time);
        _tree.Write("b", "2", time);
        var root = _tree.Open();
        Assert.NotEqual(root.Find("/a").EntityTag, root.Find("/b").EntityTag);
    }

    [Theory]
    [InlineData("a.txt", FileKind.Missing)]
    [InlineData("", FileKind.Missing)]
    public void FindFile_RelativePath_IsMissing(string path, FileKind expected) =>
        Assert.Equal(expected, _tree.CreateCache().FindFile(path).Kind);

    [Fact]
    public void FindFile_AbsolutePath_FollowsLinksAndSeesHiddenNames()
    {
        var path = _tree.Write(".a/b", "x");
        _tree.Link("link", path);
        var cache = _tree.CreateCache();
        Assert.Equal("x", FileTree.Text(cache.FindFile(path)));
        var linked = cache.FindFile(Path.Combine(_tree.Www, "link"));
        Assert.Equal("x", FileTree.Text(linked));
        Assert.Equal(Path.Combine(_tree.Www, "link"), linked.PhysicalPath);
        Assert.Equal(FileKind.Directory, cache.FindFile(_tree.Www).Kind);
        Assert.Equal(FileKind.Missing, cache.FindFile(path + "\0").Kind);
        Assert.Equal(FileKind.Missing, cache.FindFile(path + "/").Kind);
    }

    [Theory]
    [InlineData("", "/a")]
    [InlineData("", "/large")]
    [InlineData("", "/missing")]
    [InlineData("", "/sub/")]
    [InlineData("/alias", "/a")]
    [InlineData("/alias", "/large")]
    [InlineData("/alias", "/sub/")]
    public void Find_FreshEntry_AllocatesNothing(string prefix, string path)
    {
        _tree.Write("a", "x");
        _tree.Write("large", new string('x', 200_000));
        _tree.Write("sub/index.html", "x");
        var root = _tree.Open(_tree.CreateCache(new() { ValidFor = TimeSpan.FromHours(1) }), prefix: prefix);
        var requestPath = prefix + path;
        Measure(root, requestPath);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Measure(root, requestPath);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Measure(IDocumentRoot root, string path)
        {
            for (var i = 0; i < 1000; i++)
            {
                var entry = root.Find(path);
                if (entry.Kind == FileKind.Directory)
                {
                    root.FindIn(entry, "index.html");
                }
                else if (entry is CachedFile { Content: null } file && file.TryRent(out var handle))
                {
                    file.Return(handle);
                }
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFileUser(uint user);
}
