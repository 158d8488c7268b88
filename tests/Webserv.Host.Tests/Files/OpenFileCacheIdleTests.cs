using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Files;
using Webserv.Host.Configuration;
using Webserv.Host.Files;

namespace Webserv.Host.Tests.Files;

public sealed class OpenFileCacheIdleTests : IDisposable
{
    private const int Files = 10;
    private static readonly DateTime Old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly FileTree _tree = new();
    private readonly FakeTimeProvider _time = new(TimeProvider.System.GetUtcNow().AddHours(1));
    private readonly FileCacheOptions _options = new();

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Find_FilesThatAreGone_TheirContentLeavesMemory()
    {
        var cache = _tree.CreateCache(_options, _time);
        var root = _tree.Open(cache);

        var contents = ReadAndDelete(root);

        GC.Collect();
        Assert.All(contents, content => Assert.False(content.IsAlive));
        Assert.Equal(0, cache.Memory);
    }

    [Fact]
    public void Find_FileThatNobodyAsksForAgain_IsLetGoOf()
    {
        _tree.Write("small", "x", Old);
        _tree.Write("large", new string('x', 200_000), Old);
        var descriptors = _tree.CountDescriptors();
        var cache = _tree.CreateCache(_options, _time);
        var root = _tree.Open(cache);
        root.Find("/small");
        root.Find("/large");
        root.Find("/missing");
        Assert.Equal(descriptors + 1, _tree.CountDescriptors());

        _time.Advance(_options.InactiveFor);
        Assert.Equal(3, cache.Count);
        _time.Advance(_options.InactiveFor);
        Assert.Equal(0, cache.Count);
        Assert.Equal(0, cache.Memory);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(descriptors, _tree.CountDescriptors());
    }

    [Fact]
    public void Find_FileThatIsAskedForNowAndThen_Stays()
    {
        _tree.Write("small", "x", Old);
        _tree.Write("large", new string('x', 200_000), Old);
        var files = new FaultyFileSystem();
        var cache = _tree.CreateCache(_options, _time, files);
        var root = _tree.Open(cache);
        var small = root.Find("/small");
        var large = root.Find("/large");
        for (var i = 0; i < 10; i++)
        {
            _time.Advance(_options.InactiveFor);
            Assert.Same(small, root.Find("/small"));
            Assert.Same(large, root.Find("/large"));
        }

        Assert.Equal(2, files.Opens);
    }

    [Fact]
    public void Find_ManyIdleAmongMany_OnlyTheIdleGo()
    {
        for (var i = 0; i < 1000; i++)
        {
            _tree.Write($"{i}", "x", Old);
        }

        var cache = _tree.CreateCache(_options, _time);
        var root = _tree.Open(cache);
        for (var i = 0; i < 1000; i++)
        {
            root.Find($"/{i}");
        }

        _time.Advance(_options.InactiveFor);
        var used = Enumerable.Range(0, 1000).Where(static i => i % 3 == 0).ToDictionary(static i => i, i => root.Find($"/{i}"));
        _time.Advance(_options.InactiveFor);

        Assert.Equal(used.Count, cache.Count);
        Assert.All(used, pair => Assert.Same(pair.Value, root.Find($"/{pair.Key}")));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private List<WeakReference> ReadAndDelete(IDocumentRoot root)
    {
        var contents = new List<WeakReference>();
        for (var i = 0; i < Files; i++)
        {
            var path = _tree.Write($"{i}", new string('x', 100_000), Old);
            contents.Add(new WeakReference(((CachedFile)root.Find($"/{i}")).Content));
            File.Delete(path);
        }

        _time.Advance(TimeSpan.FromSeconds(1.1));
        for (var i = 0; i < Files; i++)
        {
            Assert.Equal(FileKind.Missing, root.Find($"/{i}").Kind);
        }

        return contents;
    }
}
