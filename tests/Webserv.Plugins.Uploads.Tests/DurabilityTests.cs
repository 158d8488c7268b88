using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Plugins.Uploads.Tests;

/// <summary>
/// With <c>SyncToDisk</c> a name is on the disk too before it is confirmed. fsync(2) cannot be watched from here, but a directory must be
/// opened to be synced, which inotify(7) tells; the plugin opens none otherwise with more than O_PATH, of which inotify is silent.
/// </summary>
public sealed partial class DurabilityTests
{
    private const uint Opened = 0x20;
    private const uint MovedTo = 0x80;
    private const uint Created = 0x100;
    private const uint IsDirectory = 0x40000000;

    [Theory]
    [InlineData(ConflictPolicy.Reject, false)]
    [InlineData(ConflictPolicy.Replace, false)]
    [InlineData(ConflictPolicy.Replace, true)]
    [InlineData(ConflictPolicy.Rename, false)]
    public async Task Put_SyncToDisk_SyncsTheDirectoryOnceTheNameIsGiven(ConflictPolicy policy, bool exists)
    {
        await using var site = await SiteAsync(policy);
        if (exists)
        {
            site.Write("a", "old");
        }

        using var watch = Watch(site.Directory);
        Assert.Equal(exists ? 204 : 201, (await site.PutAsync("/up/a", "x")).StatusCode);
        Assert.Equal(["a", "sync"], Read(watch));
    }

    [Fact]
    public async Task Put_WithoutSyncToDisk_SyncsNothing()
    {
        await using var site = await SiteAsync(ConflictPolicy.Reject, sync: false);
        using var watch = Watch(site.Directory);
        Assert.Equal(201, (await site.PutAsync("/up/d/a", "x")).StatusCode);
        Assert.Equal(["d"], Read(watch));
    }

    [Fact]
    public async Task Put_SyncToDiskIntoNewDirectories_SyncsWhatHoldsThem()
    {
        await using var site = await SiteAsync(ConflictPolicy.Reject);
        Directory.CreateDirectory(Path.Combine(site.Directory, "old"));
        using var watch = Watch(Path.Combine(site.Directory, "old"));
        Assert.Equal(201, (await site.PutAsync("/up/old/new/newer/a", "x")).StatusCode);
        Assert.Equal(["new", "sync"], Read(watch));
    }

    [Fact]
    public async Task Post_SyncToDisk_SyncsTheDirectoryOnceForAllFiles()
    {
        await using var site = await SiteAsync(ConflictPolicy.Reject);
        using var watch = Watch(site.Directory);
        var form = UploadSite.Form(("name=\"f\"; filename=\"a\"", "1"), ("name=\"f\"; filename=\"b\"", "2"));
        Assert.Equal(201, (await site.PostAsync("/up/", form)).StatusCode);
        Assert.Equal(["a", "b", "sync"], Read(watch));
    }

    private static async Task<UploadSite> SiteAsync(ConflictPolicy policy, bool sync = true)
    {
        var site = await UploadSite.CreateAsync(options =>
            (options.Conflict, options.SyncToDisk, options.CreateDirectories, options.CreateDirectory) = (policy, sync, true, true));

        // It opens every directory as well, in its own time.
        await ((UploadsMiddleware)site.Middleware).ClearingUp.WaitAsync(TestContext.Current.CancellationToken);
        return site;
    }

    private static SafeFileHandle Watch(string directory)
    {
        const int nonBlocking = 0x800;
        var descriptor = InotifyInit(nonBlocking);
        Assert.True(descriptor >= 0);
        Assert.True(InotifyAddWatch(descriptor, directory, Opened | MovedTo | Created) >= 0);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The names that appeared, temporary ones left out, and every opening of the directory itself.</summary>
    private static List<string> Read(SafeFileHandle watch)
    {
        List<string> found = [];
        var buffer = new byte[64 << 10];
        while (ReadEvents(watch, buffer, buffer.Length) is var count and > 0)
        {
            for (var at = 0; at < count;)
            {
                var mask = BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 4));
                var length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at + 12));
                var name = Encoding.UTF8.GetString(buffer.AsSpan(at + 16, length)).TrimEnd('\0');
                at += 16 + length;
                if ((mask & Opened) != 0 && (mask & IsDirectory) != 0 && name.Length == 0)
                {
                    found.Add("sync");
                }
                else if ((mask & (MovedTo | Created)) != 0 && !name.StartsWith('.'))
                {
                    found.Add(name);
                }
            }
        }

        return found;
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int InotifyInit(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int InotifyAddWatch(int descriptor, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadEvents(SafeFileHandle descriptor, byte[] buffer, nint count);
}
