using System.Text;
using Webserv.Abstractions.Files;
using Webserv.Host.Configuration;

namespace Webserv.Host.Tests.Files;

public sealed class ReadFileTests : IDisposable
{
    private readonly FileTree _tree = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(0, 4, "0123")]
    [InlineData(2, 4, "2345")]
    [InlineData(8, 4, "89")]
    [InlineData(10, 4, "")]
    [InlineData(long.MaxValue, 4, "")]
    [InlineData(0, 0, "")]
    public async Task ReadAsync_Part_IsTheSameFromMemoryAndFromTheDescriptor(long offset, int length, string expected)
    {
        _tree.Write("a", "0123456789");
        foreach (var inMemory in new[] { 0, 1 << 20 })
        {
            var root = _tree.Open(_tree.CreateCache(new FileCacheOptions { MaxFileInMemory = inMemory }));
            var buffer = new byte[length];
            var count = await root.ReadAsync(root.Find("/a"), offset, buffer, Cancellation);
            Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, count));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1 << 20)]
    public async Task ReadAsync_FileReplacedByALink_ReadsWhatWasFound(int inMemory)
    {
        _tree.Write("../secret", "secret");
        var path = _tree.Write("a", "public");
        var root = _tree.Open(_tree.CreateCache(new FileCacheOptions { MaxFileInMemory = inMemory }));
        var file = root.Find("/a");
        File.Delete(path);
        _tree.Link("a", "../secret");
        var buffer = new byte[10];
        Assert.Equal("public", Encoding.ASCII.GetString(buffer, 0, await root.ReadAsync(file, 0, buffer, Cancellation)));
    }

    [Fact]
    public async Task ReadAsync_FileThatTheCacheLetGoOf_IsRefusedOnceItChanged()
    {
        var path = _tree.Write("a", "public");
        var cache = _tree.CreateCache(new FileCacheOptions { MaxFileInMemory = 0 });
        var root = _tree.Open(cache);
        var file = root.Find("/a");
        cache.Dispose();
        File.Delete(path);
        _tree.Write("a", "something else");
        await Assert.ThrowsAsync<IOException>(async () => await root.ReadAsync(file, 0, new byte[10], Cancellation));
        Assert.Equal(0, _tree.CountDescriptors());
    }

    [Fact]
    public async Task ReadAsync_NoFileOfThisRoot_IsRefused()
    {
        _tree.Write("sub/a", "1");
        var cache = _tree.CreateCache();
        var root = _tree.Open(cache);
        var other = _tree.Open(cache, SymbolicLinkPolicy.Deny);
        foreach (var entry in new[] { root.Find("/sub"), root.Find("/none"), other.Find("/sub/a") })
        {
            await Assert.ThrowsAsync<ArgumentException>(async () => await root.ReadAsync(entry, 0, new byte[1], Cancellation));
        }

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await root.ReadAsync(root.Find("/sub/a"), -1, new byte[1], Cancellation));
    }
}
