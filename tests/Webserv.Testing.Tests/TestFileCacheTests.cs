using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Testing.Files;
using Webserv.Testing.Pipeline;

namespace Webserv.Testing.Tests;

public sealed class TestFileCacheTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("webserv-testing-");

    public TestFileCacheTests()
    {
        var root = _directory.CreateSubdirectory("root");
        File.WriteAllText(Path.Combine(root.FullName, "a.txt"), "12345");
        File.WriteAllText(Path.Combine(root.FullName, ".hidden"), "");
        File.WriteAllText(Path.Combine(root.FullName, "back\\slash"), "");
        root.CreateSubdirectory(".well-known");
        root.CreateSubdirectory("sub");
        File.WriteAllText(Path.Combine(_directory.FullName, "secret"), "");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "out"), "../secret");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "in"), "sub/../a.txt");
        File.CreateSymbolicLink(Path.Combine(root.FullName, "loop"), "loop");
    }

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("/", FileKind.Directory)]
    [InlineData("/a.txt", FileKind.File)]
    [InlineData("/a.txt/", FileKind.Missing)]
    [InlineData("/sub", FileKind.Directory)]
    [InlineData("/sub/", FileKind.Directory)]
    [InlineData("/.hidden", FileKind.Missing)]
    [InlineData("/../secret", FileKind.Missing)]
    [InlineData("/out", FileKind.Forbidden)]
    [InlineData("/in", FileKind.File)]
    [InlineData("/loop", FileKind.Missing)]
    [InlineData("/none", FileKind.Missing)]
    [InlineData("/back\\slash", FileKind.Missing)]
    [InlineData("//a.txt", FileKind.Missing)]
    [InlineData("/.well-known", FileKind.Directory)]
    public void Find_Path_HasTheKindOfTheContract(string path, FileKind kind) => Assert.Equal(kind, Open(new()).Find(path).Kind);

    [Theory]
    [InlineData(SymbolicLinkPolicy.Deny, "/in", FileKind.Forbidden)]
    [InlineData(SymbolicLinkPolicy.Deny, "/a.txt", FileKind.File)]
    [InlineData(SymbolicLinkPolicy.Follow, "/out", FileKind.File)]
    public void Find_SymbolicLink_FollowsThePolicy(SymbolicLinkPolicy policy, string path, FileKind kind) =>
        Assert.Equal(kind, Open(new() { SymbolicLinks = policy }).Find(path).Kind);

    [Fact]
    public void FindSibling_File_FindsWhatIsBesideIt()
    {
        var root = Open(new());
        File.WriteAllText(Path.Combine(root.Directory, "a.txt.gz"), "123");
        var file = root.Find("/a.txt");
        Assert.Equal((FileKind.File, 3L), (root.FindSibling(file, ".gz").Kind, root.FindSibling(file, ".gz").Length));
        Assert.Equal(FileKind.Missing, root.FindSibling(file, ".br").Kind);
        Assert.Equal(FileKind.Missing, root.FindSibling(file, "/../a.txt").Kind);
        Assert.Throws<ArgumentException>(() => root.FindSibling(root.Find("/sub"), ".gz"));
    }

    [Fact]
    public void OpenRead_FileThatChanges_IsNeverAMixture()
    {
        var root = Open(new());
        var file = root.Find("/a.txt");
        using (var reader = new StreamReader(root.OpenRead(file)))
        {
            Assert.Equal("12345", reader.ReadToEnd());
        }

        using var stream = root.OpenRead(file);
        Assert.Equal('1', stream.ReadByte());
        File.WriteAllText(file.PhysicalPath, "54321");
        File.SetLastWriteTimeUtc(file.PhysicalPath, new DateTime(2024, 2, 29, 0, 0, 0, DateTimeKind.Utc));
        Assert.Throws<IOException>(() => stream.CopyTo(Stream.Null));
        Assert.Equal(503, Assert.Throws<HttpException>(() => root.OpenRead(file)).StatusCode);
    }

    [Fact]
    public void FindIn_Directory_FindsItsFile()
    {
        var root = Open(new());
        var file = root.FindIn(root.Find("/"), "a.txt");
        Assert.Equal((FileKind.File, 5L), (file.Kind, file.Length));
        Assert.Equal(FileKind.Missing, root.FindIn(root.Find("/sub/"), "..").Kind);
    }

    [Fact]
    public void FindIn_Names_FollowTheRulesOfTheServer()
    {
        var root = Open(new());
        var top = root.Find("/");
        Assert.Equal(FileKind.Directory, root.FindIn(top, ".well-known").Kind);
        Assert.Equal(FileKind.Missing, root.FindIn(top, ".hidden").Kind);
        Assert.Equal(FileKind.Missing, root.FindIn(top, "back\\slash").Kind);
        Assert.Throws<ArgumentException>(() => root.FindIn(root.Find("/a.txt"), "x"));
    }

    [Fact]
    public void Enumerate_Directory_FollowsTheRulesOfTheServer()
    {
        var root = Open(new());
        Assert.Equal(
            [(".well-known", FileKind.Directory, true), ("a.txt", FileKind.File, true), ("back\\slash", FileKind.File, false), ("in", FileKind.File, true), ("sub", FileKind.Directory, true)],
            root.Enumerate(root.Find("/")).Select(item => (item.Name, item.Kind, item.HasRequestPath)).OrderBy(item => item.Name, StringComparer.Ordinal));
        var sub = root.Find("/sub/");
        var path = Path.Combine(root.Directory, "sub");
        Directory.Delete(path);
        Assert.Throws<DirectoryNotFoundException>(() => root.Enumerate(sub).ToArray());
        Directory.CreateSymbolicLink(path, _directory.FullName);
        Assert.Throws<UnauthorizedAccessException>(() => root.Enumerate(sub).ToArray());
        Assert.Equal(FileKind.Forbidden, root.FindAgain(sub).Kind);
    }

    [Fact]
    public void Invalidate_Paths_AreRemembered()
    {
        var cache = new TestFileCache();
        cache.Invalidate("/a/b");
        Assert.Equal(["/a/b"], cache.Invalidated);
        Assert.Throws<ArgumentException>(() => cache.Invalidate("a"));
    }

    private IDocumentRoot Open(DocumentRootOptions options) =>
        new TestFileCache().OpenRoot(new TestPipelineEntry { Root = Path.Combine(_directory.FullName, "root") }, options);
}
