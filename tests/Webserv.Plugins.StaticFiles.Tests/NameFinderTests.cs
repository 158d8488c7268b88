using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles.Tests;

/// <summary>What it costs to look for what is not there.</summary>
public sealed class NameFinderTests : IDisposable
{
    private static readonly DateTime LongAgo = new(2024, 2, 29, 12, 0, 0, DateTimeKind.Utc);

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("webserv-names-");
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ConcurrentQueue<string> _reads = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task Find_WhatIsNotThere_ReadsADirectoryOnceForEachChange()
    {
        Write("Big", "Name.txt", "other");
        var names = new NameFinder(new WatchedRoot(_root.FullName, _reads.Enqueue), _time);
        for (var i = 0; i < 20; i++)
        {
            Assert.Null(await FindAsync(names, $"/Big/nope{i}.txt"));
            Assert.Null(await FindAsync(names, "/big/nope.txt"));
            Assert.Equal("/Big/Name.txt", await FindAsync(names, "/BIG/NAME.TXT"));
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([Path.Combine(_root.FullName, "Big"), _root.FullName], _reads);

        Write("Big", "Nope.txt");
        Assert.Null(await FindAsync(names, "/Big/nope.txt", isKnown: false));
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "Big"), LongAgo.AddSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/Big/Nope.txt", await FindAsync(names, "/Big/nope.txt"));
        Assert.Equal(3, _reads.Count);
    }

    [Fact]
    public async Task Find_DirectoryThatHasJustChanged_IsReadAgainSinceItsTimeDoesNotTell()
    {
        Write("Big", "Name.txt");
        var names = new NameFinder(new WatchedRoot(_root.FullName, _reads.Enqueue), _time);
        var now = _time.GetUtcNow().UtcDateTime;
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "Big"), now);
        Assert.Null(await FindAsync(names, "/Big/nope.txt"));
        Write("Big", "Nope.txt");
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "Big"), now);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal("/Big/Nope.txt", await FindAsync(names, "/Big/nope.txt"));

        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.Null(await FindAsync(names, "/Big/nope2.txt"));
        Assert.Equal(2, _reads.Count);
    }

    [Fact]
    public async Task Find_BehindALink_FollowsChangesOfTheDirectoryAndOfTheLink()
    {
        Write("v1", "Old.txt");
        Write("v2", "New.txt");
        var link = Path.Combine(_root.FullName, "current");
        Directory.CreateSymbolicLink(link, "v1");
        var names = new NameFinder(new WatchedRoot(_root.FullName, _reads.Enqueue), _time);
        Assert.Null(await FindAsync(names, "/current/added.txt"));

        File.WriteAllText(Path.Combine(link, "Added.txt"), "");
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "v1"), LongAgo.AddSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/current/Added.txt", await FindAsync(names, "/current/added.txt"));

        // Packages and images have the same time for everything.
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "v2"), LongAgo.AddSeconds(1));
        Directory.Delete(link);
        Directory.CreateSymbolicLink(link, "v2");
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal("/current/New.txt", await FindAsync(names, "/current/new.txt"));
    }

    [Fact]
    public async Task Find_NamesThatRequestsMayNotHave_AreNotReadForAgain()
    {
        Write("Big", ".hidden");
        File.CreateSymbolicLink(Path.Combine(_root.FullName, "Big", "out"), "/etc/passwd");
        Directory.SetLastWriteTimeUtc(Path.Combine(_root.FullName, "Big"), LongAgo);
        var names = new NameFinder(new WatchedRoot(_root.FullName, _reads.Enqueue), _time);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(await FindAsync(names, "/Big/.HIDDEN"));
            Assert.Null(await FindAsync(names, "/Big/OUT"));
        }

        Assert.Single(_reads);
    }

    [Fact]
    public async Task Find_MoreThanMayWait_Is503AndAllOthersAreAnswered()
    {
        Write("Big", "Name.txt");
        using var release = new ManualResetEventSlim();
        var names = new NameFinder(new WatchedRoot(_root.FullName, _ => release.Wait(Cancellation)), _time);
        var waiting = Enumerable.Range(0, 256).Select(i => names.FindAsync(i % 2 == 0 ? "/Big/NAME.txt" : "/Big/nope", Cancellation)).ToArray();
        Assert.Equal(503, (await Assert.ThrowsAsync<HttpException>(() => names.FindAsync("/Big/name.txt", Cancellation))).StatusCode);
        release.Set();
        Assert.Equal(128, (await Task.WhenAll(waiting)).Count(name => name == "/Big/Name.txt"));
        Assert.Equal("/Big/Name.txt", await FindAsync(names, "/Big/name.txt"));
    }

    [Theory]
    [InlineData(4, "B", "B b")]
    [InlineData(4, "A", "a")]
    [InlineData(4, "\u00e9", "\u00c9")]
    [InlineData(4, "x", "")]
    [InlineData(3, "A", "")]
    public void Table_Names_AreFoundInEveryCaseUnlessThereAreTooMany(int most, string name, string expected)
    {
        Write("Big", "b", "a", "B", "\u00c9");
        var table = NameTable.Read(Path.Combine(_root.FullName, "Big"), most, _time);
        Assert.Equal(expected, string.Join(' ', table.Find(name).ToArray()));
    }

    private static async Task<string?> FindAsync(NameFinder names, string path, bool isKnown = true) =>
        names.TryFindNow(path, out var name) || !isKnown ? name : await names.FindAsync(path, Cancellation);

    private void Write(string directory, params string[] names)
    {
        var path = _root.CreateSubdirectory(directory).FullName;
        foreach (var name in names)
        {
            File.WriteAllText(Path.Combine(path, name), "");
        }

        Directory.SetLastWriteTimeUtc(path, LongAgo);
        Directory.SetLastWriteTimeUtc(_root.FullName, LongAgo);
    }
}
