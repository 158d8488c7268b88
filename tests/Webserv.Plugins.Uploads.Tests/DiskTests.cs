using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Webserv.Abstractions.Configuration;
using Webserv.Testing.Http;

namespace Webserv.Plugins.Uploads.Tests;

public sealed class DiskTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void ToAnswer_RealFullDevice_Is507()
    {
        using var full = File.OpenHandle("/dev/full", FileMode.Open, FileAccess.Write);
        var exception = Assert.ThrowsAny<IOException>(() => RandomAccess.Write(full, "x"u8, 0));
        Assert.Equal(507, DiskErrors.ToAnswer(exception)!.StatusCode);
    }

    [Fact]
    public void ToAnswer_OtherErrors_AreToldApart()
    {
        Assert.Equal(403, DiskErrors.ToAnswer(new UnauthorizedAccessException())!.StatusCode);
        Assert.Equal(403, DiskErrors.ToAnswer(new IOException("read-only", 30))!.StatusCode);
        Assert.Equal(507, DiskErrors.ToAnswer(new IOException("quota", 122))!.StatusCode);
        Assert.Equal(409, DiskErrors.ToAnswer(new DirectoryNotFoundException())!.StatusCode);
        Assert.Null(DiskErrors.ToAnswer(new IOException("broken", 5)));
    }

    [Fact]
    public async Task Upload_ToAFullDisk_Is507AndLeavesNothing()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            // Mounting needs root. The end-to-end tests fill a disk in a namespace of their own, which anybody may have.
            return;
        }

        var mount = Directory.CreateTempSubdirectory("webserv-full-").FullName;
        Assert.Equal(0, await RunAsync("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", mount));
        try
        {
            await using var site = await UploadSite.CreateAsync(directory: mount);
            Assert.Equal(201, (await site.PutAsync("/up/small", "x")).StatusCode);
            Assert.Equal(507, (await site.PutAsync("/up/large", new string('x', 400_000))).StatusCode);
            Assert.Equal(507, (await site.PostAsync("/up/", UploadSite.FormOfFile("large", new string('x', 400_000)))).StatusCode);
            Assert.Equal(["small"], site.Files);
            Assert.Equal(201, (await site.PutAsync("/up/again", new string('x', 100_000))).StatusCode);
        }
        finally
        {
            Assert.Equal(0, await RunAsync("umount", mount));
            Directory.Delete(mount);
        }
    }

    [Fact]
    public async Task TryReserve_OnAFileSystemWithoutHardLinks_GivesOneOfManyTheName()
    {
        await using var site = await UploadSite.CreateAsync();
        var sources = Enumerable.Range(0, 20).Select(i => $"source{i}").ToArray();
        foreach (var source in sources)
        {
            site.Write(source, source);
        }

        var target = Path.Combine(site.Directory, "target");
        var moved = await Task.WhenAll(sources.Select(source =>
            Task.Run(() => NameReservation.TryReserve(Path.Combine(site.Directory, source), target) ? source : null)));
        var winner = Assert.Single(moved, source => source is not null);
        Assert.Equal(winner, site.Read("target"));
        Assert.Equal(20, site.Files.Length);
    }

    [Fact]
    public async Task TryRename_OnLinux_GivesOneOfManyTheName()
    {
        await using var site = await UploadSite.CreateAsync();
        string[] sources = ["source0", "source1", "source2"];
        foreach (var source in sources)
        {
            site.Write(source, source);
        }

        var target = Path.Combine(site.Directory, "target");
        Assert.Equal([true, false, false], sources.Select(source => NameReservation.TryRename(Path.Combine(site.Directory, source), target)));
        Assert.Equal("source0", site.Read("target"));
        Assert.Null(NameReservation.TryRename(Path.Combine(site.Directory, "gone"), target + "2"));
        Assert.Equal(["source1", "source2", "target"], site.Files);
    }

    [Fact]
    public async Task TryReserve_FileThatCannotBeMoved_GivesTheNameBack()
    {
        await using var site = await UploadSite.CreateAsync();
        var target = Path.Combine(site.Directory, "target");
        Assert.Throws<FileNotFoundException>(() => NameReservation.TryReserve(Path.Combine(site.Directory, "gone"), target));
        Assert.Empty(site.Files);
    }

    [Fact]
    public async Task Initialize_StaleTemporaryFiles_AreRemovedAndThoseInUseStay()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-stale-").FullName;
        try
        {
            var sub = Directory.CreateDirectory(Path.Combine(directory, "sub")).FullName;
            var stale = Path.Combine(sub, $".upload-{Guid.NewGuid():N}.tmp");
            var foreign = Path.Combine(directory, ".upload-notes.tmp");
            await File.WriteAllTextAsync(stale, "", Cancellation);
            await File.WriteAllTextAsync(foreign, "", Cancellation);
            using var held = HeldDirectory.Open(directory);
            using (var running = TemporaryFile.Create(held, NullLogger.Instance))
            {
                await using var site = await UploadSite.CreateAsync(directory: directory);
                await ((UploadsMiddleware)site.Middleware).ClearingUp.WaitAsync(Cancellation);
                Assert.True(File.Exists(running.Path));
                Assert.False(File.Exists(stale));
                Assert.True(File.Exists(foreign));
                Assert.Single(site.Host.Log.Entries, entry => entry.EventId.Id == 4);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Remove_FilesThatWereNeverLocked_TakesThoseOlderThanAMinute()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-sweep-").FullName;
        try
        {
            var now = TimeProvider.System.GetUtcNow();
            var time = new FakeTimeProvider(now);
            var old = await MakeAsync($".upload-{Guid.NewGuid():N}.new", now.AddSeconds(-61));
            var young = await MakeAsync($".upload-{Guid.NewGuid():N}.new", now.AddSeconds(-59));
            var foreign = await MakeAsync(".upload-notes.new", now.AddSeconds(-61));
            StaleFiles.Remove(directory, time, NullLogger.Instance, Cancellation);
            Assert.False(File.Exists(old));
            Assert.True(File.Exists(young));
            Assert.True(File.Exists(foreign));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        async Task<string> MakeAsync(string name, DateTimeOffset modified)
        {
            var path = Path.Combine(directory, name);
            await File.WriteAllTextAsync(path, "", Cancellation);
            File.SetLastWriteTimeUtc(path, modified.UtcDateTime);
            return path;
        }
    }

    [Fact]
    public async Task Remove_WhileUploadsBegin_TakesNoneOfThem()
    {
        var directory = Directory.CreateTempSubdirectory("webserv-sweep-").FullName;
        try
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
            var sweeping = Task.Run(
                () =>
                {
                    while (!over.IsCancellationRequested)
                    {
                        StaleFiles.Remove(directory, TimeProvider.System, NullLogger.Instance, Cancellation);
                    }
                },
                Cancellation);
            using (var held = HeldDirectory.Open(directory))
            {
                for (var round = 0; round < 3_000; round++)
                {
                    using var file = TemporaryFile.Create(held, NullLogger.Instance);
                    Thread.Yield();
                    Assert.True(File.Exists(file.Path), $"gone in round {round}");
                }
            }

            await over.CancelAsync();
            await sweeping;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task Initialize_MissingDirectoryThatMustNotBeMade_Fails() =>
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => UploadSite.CreateAsync(options => options.CreateDirectory = false));

    [Fact]
    public async Task Create_WithoutDirectoryAndRoot_Fails()
    {
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => UploadSite.CreateAsync(options => options.Directory = null));
        Assert.Contains("Directory: is missing", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_WrongOptions_AreAllNamed()
    {
        await using var site = await UploadSite.CreateAsync();
        var failures = site.Host.Validate<UploadsOptions>("Uploads", options =>
        {
            options.Directory = "";
            options.Conflict = (ConflictPolicy)9;
            options.Methods = ["POST", "PATCH"];
            options.AllowedExtensions = [".png", "jpg"];
            options.MaxFileNameLength = 256;
            options.MaxDirectoryDepth = 0;
            options.MaxFiles = 0;
            options.MaxFileSize = new ByteSize(-1);
            options.MaxTotalSize = new ByteSize(-1);
            options.RedirectTo = "//evil.com";
        });
        Assert.Equal(
            ["Directory", "Conflict", "MaxFileNameLength", "MaxDirectoryDepth", "MaxFiles", "MaxFileSize", "MaxTotalSize", "Methods:1", "AllowedExtensions:1", "RedirectTo"],
            failures.Select(failure => failure[..failure.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task Uploads_ManyOfEveryOutcome_LeakNoDescriptor()
    {
        await using var site = await UploadSite.CreateAsync(options => options.MaxFileSize = ByteSize.FromKilobytes(1));
        await RoundAsync();
        var before = CountUploads();
        for (var i = 0; i < 20; i++)
        {
            await RoundAsync();
        }

        Assert.Equal(before, CountUploads());

        async Task RoundAsync()
        {
            await site.PutAsync("/up/a", "x");
            await site.SendAsync(TestHttpContext.Put("/up/b").WithBody(new MemoryStream(new byte[2000])));
            await site.PostAsync("/up/", UploadSite.FormOfFile("c", "x")[..^8]);
            await site.SendAsync(TestHttpContext.Delete("/up/a"));
        }

        int CountUploads() => Directory.GetFiles("/proc/self/fd").Count(fd =>
            new FileInfo(fd).LinkTarget?.StartsWith(site.Directory, StringComparison.Ordinal) == true);
    }

    private static async Task<int> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode;
    }
}
