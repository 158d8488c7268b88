using CsCheck;
using Webserv.Abstractions.Files;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class SymbolicLinkTests : IDisposable
{
    private const string Secret = "SECRET";
    private readonly FileTree _tree = new();

    public SymbolicLinkTests()
    {
        File.WriteAllText(Path.Combine(_tree.Top, "secret"), Secret);
        Directory.CreateDirectory(Path.Combine(_tree.Top, "www-beside"));
        File.WriteAllText(Path.Combine(_tree.Top, "www-beside", "secret"), Secret);
        _tree.Write("file", "inside");
        _tree.Write("dir/file", "inside");
        _tree.Link("relative", "file");
        _tree.Link("dir/up", "../file");
        _tree.Link("absolute", Path.Combine(_tree.Www, "file"));
        _tree.Link("absolute-dir", Path.Combine(_tree.Www, "dir"));
        _tree.Link("link-dir", "dir");
        _tree.Link("chain", "absolute-dir/up");
        _tree.Link("out", "../secret");
        _tree.Link("out-absolute", Path.Combine(_tree.Top, "secret"));
        _tree.Link("out-dir", "..");
        _tree.Link("out-beside", "../www-beside");
        _tree.Link("out-and-in", "../www/file");
        _tree.Link("out-and-in-dir", "../www");
        _tree.Link("to-root", "/");
        _tree.Link("to-proc", "/proc/self/cwd");
        _tree.Link("dangling", "nowhere");
        _tree.Link("circle", "circle");
        _tree.Link("dir/self", ".");
    }

    public void Dispose() => _tree.Dispose();

    public static TheoryData<string, FileKind, FileKind, FileKind> Paths => new()
    {
        // path, InsideRoot, Deny, Follow
        { "/file", FileKind.File, FileKind.File, FileKind.File },
        { "/dir", FileKind.Directory, FileKind.Directory, FileKind.Directory },
        { "/relative", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/dir/up", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/absolute", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/absolute-dir", FileKind.Directory, FileKind.Forbidden, FileKind.Directory },
        { "/absolute-dir/", FileKind.Directory, FileKind.Forbidden, FileKind.Directory },
        { "/absolute-dir/file", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/absolute-dir/nothing", FileKind.Missing, FileKind.Forbidden, FileKind.Missing },
        { "/link-dir/file", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/chain", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/out", FileKind.Forbidden, FileKind.Forbidden, FileKind.File },
        { "/out-absolute", FileKind.Forbidden, FileKind.Forbidden, FileKind.File },
        { "/out-dir", FileKind.Forbidden, FileKind.Forbidden, FileKind.Directory },
        { "/out-dir/secret", FileKind.Forbidden, FileKind.Forbidden, FileKind.File },
        { "/out-beside/secret", FileKind.Forbidden, FileKind.Forbidden, FileKind.File },
        { "/out-dir/www/file", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/out-and-in", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/out-and-in-dir/dir/file", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/to-root", FileKind.Forbidden, FileKind.Forbidden, FileKind.Directory },
        { "/to-root/etc/passwd", FileKind.Forbidden, FileKind.Forbidden, FileKind.File },
        { "/to-proc", FileKind.Forbidden, FileKind.Forbidden, FileKind.Directory },
        { "/dangling", FileKind.Missing, FileKind.Forbidden, FileKind.Missing },
        { "/circle", FileKind.Missing, FileKind.Forbidden, FileKind.Missing },
        { "/dir/self/self/file", FileKind.File, FileKind.Forbidden, FileKind.File },
        { "/relative/", FileKind.Missing, FileKind.Missing, FileKind.Missing },
    };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Find_Link_FollowsThePolicy(string path, FileKind inside, FileKind deny, FileKind follow)
    {
        foreach (var useOpenAt2 in new[] { true, false })
        {
            var cache = _tree.CreateCache(files: new LinuxFileSystem(useOpenAt2));
            Assert.Equal(inside, _tree.Open(cache).Find(path).Kind);
            Assert.Equal(follow, _tree.Open(cache, SymbolicLinkPolicy.Follow).Find(path).Kind);

            var denied = _tree.Open(cache, SymbolicLinkPolicy.Deny).Find(path).Kind;
            Assert.True(denied == deny || (path.EndsWith('/') && denied == FileKind.Forbidden), $"{path}: {denied}");
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Find_LinkOnAnotherPlatform_LeadsNowhereElse(string path, FileKind inside, FileKind deny, FileKind follow)
    {
        var cache = _tree.CreateCache(files: new PortableFileSystem());
        var kind = _tree.Open(cache).Find(path).Kind;
        Assert.True(kind == inside || kind is FileKind.Missing or FileKind.Forbidden, $"{path}: {kind}");
        kind = _tree.Open(cache, SymbolicLinkPolicy.Deny).Find(path).Kind;
        Assert.True(kind == deny || kind is FileKind.Missing or FileKind.Forbidden, $"{path}: {kind}");
        Assert.Equal(follow is FileKind.File, _tree.Open(cache, SymbolicLinkPolicy.Follow).Find(path).Kind == FileKind.File);
    }

    [Fact]
    public void Find_AnyPath_NeverLeadsOutside()
    {
        string[] names =
        [
            "file", "dir", "up", "relative", "absolute", "absolute-dir", "link-dir", "chain", "out", "out-absolute", "out-dir", "out-beside",
            "out-and-in", "out-and-in-dir", "to-root", "to-proc", "dir/self", "www", "secret", "www-beside", "..", ".", "", "\0", "\\", "%2e%2e",
            "..%2f", "etc", "passwd", _tree.Top, _tree.Top[1..], "~", "\ud800", "..\0",
        ];
        var tops = new[]
        {
            _tree.CreateCache(files: new LinuxFileSystem()),
            _tree.CreateCache(files: new LinuxFileSystem(useOpenAt2: false)),
            _tree.CreateCache(files: new PortableFileSystem()),
        };
        var roots = tops.SelectMany(cache => new[]
        {
            _tree.Open(cache), _tree.Open(cache, dotFiles: true), _tree.Open(cache, SymbolicLinkPolicy.Deny, dotFiles: true),
        }).ToArray();

        string[] starts = ["/", "", "//", "/./", "/../"];
        Gen.Int[0, names.Length - 1].Array[1, 7]
            .Select(Gen.Int[0, starts.Length - 1], (parts, start) => starts[start] + string.Join('/', parts.Select(part => names[part])))
            .Sample(
                path =>
                {
                    foreach (var root in roots)
                    {
                        var entry = root.Find(path);
                        if (entry.Kind == FileKind.File)
                        {
                            Assert.Equal("inside", FileTree.Text(entry));
                        }
                        else if (entry.Kind == FileKind.Directory)
                        {
                            var child = root.FindIn(entry, "secret");
                            Assert.NotEqual(FileKind.File, child.Kind);
                        }
                    }
                },
                iter: 3000,
                threads: 1);
    }

    [Fact(Timeout = 60_000)]
    public async Task Find_LinkThatIsSwappedMeanwhile_NeverLeadsOutside()
    {
        var cache = _tree.CreateCache(new() { ValidFor = TimeSpan.Zero });
        var root = _tree.Open(cache);
        _tree.Write("flip/secret", "inside");
        var flip = Path.Combine(_tree.Www, "flip");
        var spare = Path.Combine(_tree.Www, "spare");
        Directory.Move(flip, spare);
        using var stop = new CancellationTokenSource();
        var swapper = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    File.CreateSymbolicLink(flip, "../www-beside");
                    File.Delete(flip);
                    Directory.Move(spare, flip);
                    Directory.Move(flip, spare);
                }
            },
            TestContext.Current.CancellationToken);
        var found = 0;
        var refused = 0;
        try
        {
            while (found < 100 || refused < 100)
            {
                TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
                var entry = root.Find("/flip/secret");
                if (entry.Kind == FileKind.File)
                {
                    Assert.Equal("inside", FileTree.Text(entry));
                    found++;
                }

                refused += entry.Kind == FileKind.Forbidden ? 1 : 0;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await swapper;
        }
    }
}
