using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webserv.Host.Plugins;

namespace Webserv.Host.Tests.Plugins;

public sealed class PluginCacheTests : IDisposable
{
    private readonly PluginSandbox _sandbox = new();
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Copy_Twice_UsesTheSameCopy()
    {
        var candidate = Install();
        using var cache = Open();
        using var first = cache.Copy(candidate);
        var made = File.GetLastWriteTimeUtc(Path.Combine(first.Directory, "Good.dll"));
        using var second = cache.Copy(candidate);
        Assert.Equal((first.Directory, first.Hash), (second.Directory, second.Hash));
        Assert.Equal(made, File.GetLastWriteTimeUtc(Path.Combine(second.Directory, "Good.dll")));
        Assert.Equal(File.ReadAllBytes(candidate.File), File.ReadAllBytes(Path.Combine(first.Directory, "Good.dll")));
    }

    [Fact]
    public void Copy_ContentChanged_MakesAnother()
    {
        var candidate = Install();
        using var cache = Open();
        using var first = cache.Copy(candidate);
        File.AppendAllText(Path.Combine(candidate.Directory, "data.txt"), "x");
        using var second = cache.Copy(candidate);
        Assert.NotEqual(first.Hash, second.Hash);
        Assert.True(Directory.Exists(first.Directory));
    }

    [Fact]
    public void Copy_CopyTamperedWith_IsReplaced()
    {
        var candidate = Install();
        using var cache = Open();
        string file;
        using (var copy = cache.Copy(candidate))
        {
            file = Path.Combine(copy.Directory, "Good.dll");
        }

        File.WriteAllText(file, "damaged");
        using var again = cache.Copy(candidate);
        Assert.Equal(file, Path.Combine(again.Directory, "Good.dll"));
        Assert.Equal(File.ReadAllBytes(candidate.File), File.ReadAllBytes(file));
    }

    [Fact]
    public async Task Copy_ManyServersAtOnce_AllGetTheWholeCopy()
    {
        var candidate = Install();
        using var barrier = new Barrier(8);
        var copies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var cache = Open();
                barrier.SignalAndWait(TestContext.Current.CancellationToken);
                using var copy = cache.Copy(candidate);
                Assert.Equal(copy.Hash, PluginFileSet.OfFolder(copy.Directory).ComputeHash());
                return copy.Directory;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        Assert.Single(copies.Distinct());
        Assert.Equal([Path.GetFileName(copies[0])], Copies());
    }

    [Fact]
    public void Prune_UnusedCopies_KeepsTheTwoUsedLastAndThoseInUse()
    {
        var candidate = Install();
        using var cache = Open();
        using var used = cache.Copy(candidate);
        File.SetLastWriteTimeUtc(Path.Combine(used.Directory, PluginFileSet.LockFile), DateTime.UnixEpoch);
        var hashes = new List<string>();
        for (var version = 0; version < 4; version++)
        {
            File.WriteAllText(Path.Combine(candidate.Directory, "data.txt"), $"{version}");
            using var copy = cache.Copy(candidate);
            hashes.Add(copy.Hash);
            File.SetLastWriteTimeUtc(Path.Combine(copy.Directory, PluginFileSet.LockFile), _clock.GetUtcNow().UtcDateTime.AddMinutes(version - 10));
        }

        cache.Prune();
        Assert.Equal(new[] { used.Hash, hashes[2], hashes[3] }.Order(StringComparer.Ordinal), Copies());
    }

    [Fact]
    public void Prune_AfterThirtyDays_NothingUnusedStays()
    {
        using var cache = Open();
        cache.Copy(Install()).Dispose();
        var abandoned = Directory.CreateDirectory(Path.Combine(cache.Root, "Good", ".tmp-abandoned")).FullName;
        cache.Prune();
        Assert.Equal(2, Copies().Length);

        _clock.Advance(TimeSpan.FromHours(2));
        cache.Prune();
        Assert.False(Directory.Exists(abandoned));
        Assert.Single(Copies());

        _clock.Advance(TimeSpan.FromDays(31));
        cache.Prune();
        Assert.Empty(Copies());
    }

    [Fact]
    public void Copy_LinkOutOfTheFolder_IsRefused()
    {
        var candidate = Install();
        File.CreateSymbolicLink(Path.Combine(candidate.Directory, "secret.txt"), "/etc/hostname");
        using var cache = Open();
        var exception = Assert.Throws<PluginException>(() => cache.Copy(candidate));
        Assert.Contains("secret.txt, which leads out of its folder", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Copy_LinkInsideTheFolder_IsCopiedAsAFile()
    {
        var candidate = Install();
        File.WriteAllText(Path.Combine(candidate.Directory, "a.txt"), "content");
        File.CreateSymbolicLink(Path.Combine(candidate.Directory, "b.txt"), "a.txt");
        using var cache = Open();
        using var copy = cache.Copy(candidate);
        var file = new FileInfo(Path.Combine(copy.Directory, "b.txt"));
        Assert.Null(file.LinkTarget);
        Assert.Equal("content", File.ReadAllText(file.FullName));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Open_DirectoryThatOthersMayWriteTo_UsesAPrivateOneUntilItsLastCopyIsOutOfUse()
    {
        var open = Directory.CreateDirectory(
            Path.Combine(_sandbox.Root, "open"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0b111_111_111);
        var cache = PluginCache.Open(open.FullName, _clock, NullLogger.Instance);
        var copy = cache.Copy(Install());
        Assert.NotEqual(open.FullName, cache.Root);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(cache.Root));

        cache.Dispose();
        Assert.True(Directory.Exists(copy.Directory));
        copy.Dispose();
        Assert.False(Directory.Exists(cache.Root));
    }

    [Fact]
    public void Open_UnusablePath_UsesAPrivateDirectory()
    {
        File.WriteAllText(Path.Combine(_sandbox.Root, "file"), "");
        using var cache = PluginCache.Open(Path.Combine(_sandbox.Root, "file", "cache"), _clock, NullLogger.Instance);
        Assert.StartsWith(Path.GetTempPath(), cache.Root, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/xdg", "/home/u", "/xdg/webserv/plugins")]
    [InlineData("relative", "/home/u", "/home/u/.cache/webserv/plugins")]
    [InlineData(null, "/home/u", "/home/u/.cache/webserv/plugins")]
    [InlineData("", "", null)]
    [InlineData(null, null, null)]
    public void Find_Environment_NamesTheDirectory(string? cache, string? home, string? expected) =>
        Assert.Equal(expected, PluginCacheDirectory.Find(name => name == "HOME" ? home : cache));

    private PluginCandidate Install() => new("Good", _sandbox.Install("Good"), HasFolder: true);

    private PluginCache Open() => PluginCache.Open(_sandbox.Settings.CacheDirectory, _clock, NullLogger.Instance);

    private string[] Copies() =>
        [.. Directory.EnumerateDirectories(Path.Combine(_sandbox.Settings.CacheDirectory!, "Good")).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
