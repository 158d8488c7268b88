using Microsoft.Extensions.Time.Testing;
using Webserv.Plugins.Cgi.Python;
using Webserv.Plugins.Cgi.Tests.Fixtures;

namespace Webserv.Plugins.Cgi.Tests;

/// <summary>What becomes of questions that are not answered.</summary>
public sealed class ForkServerChannelTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly FakeTimeProvider _time = new();

    [Fact(Timeout = 20_000)]
    public async Task Ask_NobodyAnswers_IsStuckAfterTheTime()
    {
        var (own, other) = NativeSocket.OpenPair("x");
        using var peer = other;
        await using var channel = ForkServerChannel.Open(own, "x", new PollStreams(), _time, Patience);
        var question = channel.AskAsync((byte)'W', 1);
        _time.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.False(channel.Stuck.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        await channel.Stuck.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(question.IsCompleted);
        await channel.DisposeAsync();
        await Assert.ThrowsAsync<ForkServerException>(() => question);
    }

    [Fact(Timeout = 20_000)]
    public async Task Ask_PeerGoes_Fails()
    {
        var (own, other) = NativeSocket.OpenPair("x");
        await using var channel = ForkServerChannel.Open(own, "x", new PollStreams(), _time, Patience);
        var question = channel.AskAsync((byte)'W', 1);
        other.Dispose();
        await Assert.ThrowsAsync<ForkServerException>(() => question);
        await Assert.ThrowsAsync<ForkServerException>(() => channel.AskAsync((byte)'W', 2));
        await Assert.ThrowsAsync<ForkServerException>(() => channel.Ready);
        Assert.False(channel.Stuck.IsCompleted);
    }

    [Fact(Timeout = 20_000)]
    public async Task Ask_SocketIsFull_IsNotSent()
    {
        var (own, other) = NativeSocket.OpenPair("x");
        using var peer = other;
        await using var channel = ForkServerChannel.Open(own, "x", new PollStreams(), _time, Patience);
        var message = new byte[ForkServerChannel.LargestMessage];
        var sent = 0;
        while (channel.TryAsk(message, []) is not null)
        {
            Assert.InRange(++sent, 1, 1000);
        }

        Assert.InRange(sent, 1, 1000);
    }

    [Fact]
    public void FindChanged_File_IsNamedWhenItChangesOrGoes()
    {
        var path = Path.GetTempFileName();
        var files = new ImportedFiles();
        Assert.Null(files.FindChanged());
        files.Add("/usr/bin/env");
        files.Add(path);
        Assert.Null(files.FindChanged());
        File.SetLastWriteTimeUtc(path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(path, files.FindChanged());
        files = new ImportedFiles();
        files.Add(path);
        File.Delete(path);
        Assert.Equal(path, files.FindChanged());
    }

    [Fact]
    public void FindChanged_FileThatCannotBeLookedAt_HasChanged()
    {
        var directory = Directory.CreateTempSubdirectory("cgi-tests-").FullName;
        var path = Path.Join(directory, "below", "file");
        Directory.CreateDirectory(Path.Join(directory, "below"));
        File.WriteAllText(path, "");
        var files = new ImportedFiles();
        files.Add(path);
        Directory.Delete(Path.Join(directory, "below"), recursive: true);
        File.CreateSymbolicLink(Path.Join(directory, "below"), Path.Join(directory, "below")); // ELOOP
        Assert.Equal(path, files.FindChanged());
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void FindChanged_ManyFiles_LooksAtThemByTurns()
    {
        var path = Path.GetTempFileName();
        var files = new ImportedFiles();
        for (var i = 0; i < ImportedFiles.FilesInALook; i++)
        {
            files.Add("/usr/bin/env");
        }

        files.Add(path);
        File.Delete(path);
        Assert.Null(files.FindChanged());
        Assert.Equal(path, files.FindChanged());
    }
}
