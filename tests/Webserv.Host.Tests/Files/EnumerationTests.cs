using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class EnumerationTests : IDisposable
{
    private readonly FileTree _tree = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(false, SymbolicLinkPolicy.InsideRoot, ".well-known a dir/ in/ inside")]
    [InlineData(true, SymbolicLinkPolicy.InsideRoot, ".hidden .well-known a dir/ in/ inside")]
    [InlineData(false, SymbolicLinkPolicy.Deny, ".well-known a dir/")]
    [InlineData(false, SymbolicLinkPolicy.Follow, ".well-known a dir/ in/ inside outside")]
    public void Enumerate_NamesAndLinks_FollowTheRulesOfTheRoot(bool dotFiles, SymbolicLinkPolicy links, string expected)
    {
        foreach (var name in new[] { "a", ".hidden", ".well-known", "../secret", "dir/x" })
        {
            _tree.Write(name, "1");
        }

        _tree.Link("in", "dir");
        _tree.Link("inside", "a");
        _tree.Link("outside", "../secret");
        _tree.Link("dangling", "nowhere");
        _tree.Link("loop", "loop");
        var root = _tree.Open(_tree.CreateCache(), links, dotFiles);

        Assert.Equal(expected, Names(root.Enumerate(root.Find("/"))));
    }

    [Fact]
    public void Enumerate_Items_HaveTheirValues()
    {
        var time = new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        _tree.Write("sub/a", "12345", time);
        _tree.Write("sub/empty", "", time);
        _tree.Link("sub/link", "a");
        var root = _tree.Open();
        var items = root.Enumerate(root.Find("/sub")).OrderBy(item => item.Name, StringComparer.Ordinal).ToArray();

        Assert.Equal(
            [
                new DirectoryItem { Name = "a", Kind = FileKind.File, Length = 5, LastModified = time },
                new DirectoryItem { Name = "empty", Kind = FileKind.File, LastModified = time },
                new DirectoryItem { Name = "link", Kind = FileKind.File, Length = 5, LastModified = time, IsSymbolicLink = true },
            ],
            items);
        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Enumerate_DirectorySwappedForALinkOut_IsRefused(bool useOpenAt2)
    {
        _tree.Write("sub/a", "x");
        var root = _tree.Open(_tree.CreateCache(time: _time, files: new LinuxFileSystem(useOpenAt2)));
        var directory = root.Find("/sub/");
        Swap();

        Assert.Equal(FileKind.Directory, root.Find("/sub/").Kind);
        Assert.Throws<UnauthorizedAccessException>(() => root.Enumerate(directory).ToArray());
    }

    [Fact]
    public void Enumerate_DirectorySwappedAfterItWasOpened_ReadsWhatWasOpened()
    {
        _tree.Write("sub/a", "x");
        var files = new FaultyFileSystem { BeforeEnumeration = Swap };
        var root = _tree.Open(_tree.CreateCache(time: _time, files: files));

        Assert.Equal("a", Names(root.Enumerate(root.Find("/sub/"))));
    }

    [Fact]
    public void Enumerate_DirectoryThatIsGone_ThrowsThat()
    {
        _tree.Write("sub/a", "x");
        var root = _tree.Open(_tree.CreateCache(time: _time));
        var directory = root.Find("/sub");
        Directory.Delete(Path.Combine(_tree.Www, "sub"), recursive: true);
        Assert.Throws<DirectoryNotFoundException>(() => root.Enumerate(directory).ToArray());
        _tree.Write("sub", "a file");
        Assert.Throws<DirectoryNotFoundException>(() => root.Enumerate(directory).ToArray());
    }

    [Fact]
    public void Enumerate_FileSystemInTrouble_Is503()
    {
        var files = new FaultyFileSystem();
        var root = _tree.Open(_tree.CreateCache(files: files));
        var directory = root.Find("/");
        files.Fail(new FileLookup(FileKind.Missing, Trouble: "broken"), 1);
        Assert.Equal(503, Assert.Throws<HttpException>(() => root.Enumerate(directory).ToArray()).StatusCode);
        Assert.Empty(root.Enumerate(directory));
    }

    [Fact]
    public void Enumerate_LeftEarly_GivesItsDescriptorBack()
    {
        for (var number = 0; number < 10; number++)
        {
            _tree.Write($"sub/{number}", "");
        }

        var root = _tree.Open();
        var directory = root.Find("/sub");
        Assert.NotNull(root.Enumerate(directory).First());
        Assert.Equal(0, _tree.CountDescriptors());
        using var items = root.Enumerate(directory).GetEnumerator();
        Assert.True(items.MoveNext());
        Assert.NotEqual(0, _tree.CountDescriptors());
    }

    [Fact]
    public async Task Enumerate_OddNames_AreShownWithoutARequestPath()
    {
        _tree.Write("back\\slash", "x");
        _tree.Write("question\uFFFDmark", "x");
        await ShellAsync("touch \"$0/$(printf 'bad\\377name')\"; mkfifo \"$0/pipe\"");
        var root = _tree.Open();
        var items = root.Enumerate(root.Find("/")).Select(item => (item.Name, item.HasRequestPath)).Order().ToArray();
        await ShellAsync("rm \"$0\"/bad*");

        Assert.Equal([("back\\slash", false), ("bad\uFFFDname", false), ("question\uFFFDmark", true)], items);
    }

    [Fact]
    public void Enumerate_NoDirectoryOfThisRoot_Throws()
    {
        _tree.Write("a", "x");
        var root = _tree.Open();
        Assert.Throws<ArgumentException>(() => root.Enumerate(root.Find("/a")));
        Assert.Throws<ArgumentException>(() => _tree.Open().Enumerate(root.Find("/")));
    }

    private static string Names(IEnumerable<DirectoryItem> items) =>
        string.Join(' ', items.Select(item => item.Kind == FileKind.Directory ? item.Name + "/" : item.Name).Order(StringComparer.Ordinal));

    private void Swap()
    {
        Directory.Move(Path.Combine(_tree.Www, "sub"), Path.Combine(_tree.Www, "moved"));
        _tree.Link("sub", "/etc");
    }

    private async Task ShellAsync(string script)
    {
        using var process = Process.Start("sh", ["-c", script, _tree.Www]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
