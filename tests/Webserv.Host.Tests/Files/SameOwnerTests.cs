using System.Diagnostics;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class SameOwnerTests : IDisposable
{
    private const string Nobody = "65534";
    private static readonly string[] Foreign = ["foreign", "foreign-dir", "foreign-link", "foreign-link-dir", "foreign-both"];
    private readonly FileTree _tree = new();

    public SameOwnerTests()
    {
        _tree.Write("file", "own");
        _tree.Write("dir/file", "own");
        _tree.Write("../outside", "own");
        _tree.Write("../beside/file", "own");
        _tree.Write("foreign", "foreign");
        _tree.Write("foreign-dir/file", "own");
        _tree.Link("link", "file");
        _tree.Link("dir/up", "../file");
        _tree.Link("link-dir", "dir");
        _tree.Link("absolute", Path.Combine(_tree.Www, "file"));
        _tree.Link("absolute-dir", Path.Combine(_tree.Www, "dir/"));
        _tree.Link("chain", "absolute-dir/up");
        _tree.Link("out", "../outside");
        _tree.Link("out-dir", "../beside");
        _tree.Link("out-and-in", "../www/dir");
        _tree.Link("top", "/");
        _tree.Link("dangling", "nowhere");
        _tree.Link("circle", "circle");
        _tree.Link("circle-a", "circle-b");
        _tree.Link("circle-b", "circle-a");
        _tree.Link("to-foreign", "foreign");
        _tree.Link("to-foreign-dir", "foreign-dir");
        _tree.Link("over-foreign-dir", "foreign-dir/file");
        _tree.Link("foreign-link", "file");
        _tree.Link("to-foreign-link", "foreign-link");
        _tree.Link("foreign-link-dir", "dir");
        _tree.Link("over-foreign-link-dir", "foreign-link-dir/file");
        _tree.Link("foreign-both", "foreign");
    }

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/file", FileKind.File)]
    [InlineData("/dir", FileKind.Directory)]
    [InlineData("/dir/", FileKind.Directory)]
    [InlineData("/nothing", FileKind.Missing)]
    [InlineData("/file/", FileKind.Missing)]
    [InlineData("/file/x", FileKind.Missing)]
    [InlineData("/link", FileKind.File)]
    [InlineData("/link/", FileKind.Missing)]
    [InlineData("/link/x", FileKind.Missing)]
    [InlineData("/dir/up", FileKind.File)]
    [InlineData("/link-dir", FileKind.Directory)]
    [InlineData("/link-dir/", FileKind.Directory)]
    [InlineData("/link-dir/file", FileKind.File)]
    [InlineData("/link-dir/up", FileKind.File)]
    [InlineData("/link-dir/nothing", FileKind.Missing)]
    [InlineData("/absolute", FileKind.File)]
    [InlineData("/absolute-dir/file", FileKind.File)]
    [InlineData("/chain", FileKind.File)]
    [InlineData("/out", FileKind.File)]
    [InlineData("/out-dir/file", FileKind.File)]
    [InlineData("/out-and-in/file", FileKind.File)]
    [InlineData("/dangling", FileKind.Missing)]
    [InlineData("/circle", FileKind.Missing)]
    [InlineData("/circle-a", FileKind.Missing)]
    public void Find_LinksOfOneOwner_AreFollowed(string path, FileKind expected)
    {
        foreach (var useOpenAt2 in new[] { true, false })
        {
            Assert.Equal(expected, Find(path, useOpenAt2));
        }

        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Theory]
    [InlineData("/foreign", FileKind.File)]
    [InlineData("/foreign-dir/file", FileKind.File)]
    [InlineData("/link", FileKind.File)]
    [InlineData("/to-foreign", FileKind.Forbidden)]
    [InlineData("/to-foreign-dir", FileKind.Forbidden)]
    [InlineData("/to-foreign-dir/file", FileKind.Forbidden)]
    [InlineData("/over-foreign-dir", FileKind.File)]
    [InlineData("/foreign-link", FileKind.Forbidden)]
    [InlineData("/to-foreign-link", FileKind.Forbidden)]
    [InlineData("/foreign-link-dir/file", FileKind.Forbidden)]
    [InlineData("/over-foreign-link-dir", FileKind.Forbidden)]
    [InlineData("/foreign-both", FileKind.File)]
    public void Find_LinkWithAnotherOwnerThanItsEnd_IsForbidden(string path, FileKind expected)
    {
        // Only root gives files away; to anybody else they all belong, and every link is followed.
        foreach (var name in Environment.IsPrivilegedProcess ? Foreign : [])
        {
            GiveAway(Path.Combine(_tree.Www, name));
        }

        expected = Environment.IsPrivilegedProcess ? expected : path == "/to-foreign-dir" ? FileKind.Directory : FileKind.File;

        foreach (var useOpenAt2 in new[] { true, false })
        {
            Assert.Equal(expected, Find(path, useOpenAt2));
        }

        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Fact]
    public void Find_LinkToWhatTheSystemOwns_IsForToItsOwnerOnly()
    {
        var expected = Environment.IsPrivilegedProcess ? FileKind.File : FileKind.Forbidden;
        Assert.Equal(expected, Find("/top/etc/passwd", useOpenAt2: true));
    }

    [Fact]
    public void Find_OnAnotherPlatform_FollowsNone()
    {
        var root = _tree.Open(_tree.CreateCache(files: new PortableFileSystem()), SymbolicLinkPolicy.SameOwner);
        Assert.Equal(FileKind.File, root.Find("/file").Kind);
        Assert.Equal(FileKind.Forbidden, root.Find("/link").Kind);
        Assert.Equal(FileKind.Forbidden, root.Find("/link-dir/file").Kind);
    }

    [Fact]
    public void Enumerate_LinksOfOneOwner_AreListed()
    {
        var root = _tree.Open(_tree.CreateCache(), SymbolicLinkPolicy.SameOwner);
        Assert.Equal(["file", "up"], root.Enumerate(root.Find("/link-dir/")).Select(item => item.Name).Order(StringComparer.Ordinal));
    }

    private FileKind Find(string path, bool useOpenAt2) =>
        _tree.Open(_tree.CreateCache(new() { MaxFileInMemory = new(1 << 20) }, files: new LinuxFileSystem(useOpenAt2)), SymbolicLinkPolicy.SameOwner).Find(path).Kind;

    private static void GiveAway(string path)
    {
        using var process = Process.Start("chown", ["-h", Nobody, path]);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
