using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>
/// Looks files up with what .NET has on every platform. Links are checked name by name before the file is opened: on a
/// platform without the calls of Linux, whoever may write below the root can win that race.
/// </summary>
internal sealed class PortableFileSystem : IFileSystem
{
    private const int TooManyOpenFiles = 24;

    /// <inheritdoc />
    public int DescriptorBudget => 1024;

    /// <inheritdoc />
    public FileLookup Look(string root, string path, SymbolicLinkPolicy links, bool open)
    {
        try
        {
            var full = Path.Join(root, path);
            if (links != SymbolicLinkPolicy.Follow && HasLink(root, path))
            {
                // Owners are nothing that .NET tells of.
                if (links is SymbolicLinkPolicy.Deny or SymbolicLinkPolicy.SameOwner || !IsBelow(Resolve(root), Resolve(full)))
                {
                    return FileLookup.Forbidden;
                }
            }

            if (Directory.Exists(full))
            {
                return new FileLookup(FileKind.Directory, ToFacts(new DirectoryInfo(full), FileKind.Directory, 0));
            }

            if (path.EndsWith('/') || !File.Exists(full))
            {
                return FileLookup.Missing;
            }

            var file = new FileInfo(Resolve(full));
            if (OperatingSystem.IsWindows() || (file.Attributes & FileAttributes.Device) == 0)
            {
                return Open(file, open);
            }

            return FileLookup.Forbidden;
        }
        catch (UnauthorizedAccessException)
        {
            return FileLookup.Forbidden;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException or ArgumentException or NotSupportedException)
        {
            // The names that a platform cannot hold are those of files that do not exist.
            return FileLookup.Missing;
        }
        catch (IOException e)
        {
            return new FileLookup(FileKind.Missing, Trouble: e.Message, IsExhausted: e.HResult == TooManyOpenFiles);
        }
    }

    /// <inheritdoc />
    public FileLookup HoldDirectory(string root, string path, SymbolicLinkPolicy links) => Look(root, path, links, open: false);

    /// <inheritdoc />
    public string GetPathToRead(in FileLookup held, string root, string path) => Path.Join(root, path);

    /// <inheritdoc />
    public FileFacts Examine(SafeFileHandle handle) =>
        ToFacts(File.GetLastWriteTimeUtc(handle), FileKind.File, RandomAccess.GetLength(handle));

    /// <inheritdoc />
    public int Read(SafeFileHandle handle, Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var count = RandomAccess.Read(handle, buffer[total..], total);
            if (count == 0)
            {
                break;
            }

            total += count;
        }

        return total;
    }

    private static FileLookup Open(FileInfo file, bool open)
    {
        if (!open)
        {
            return new FileLookup(FileKind.File, ToFacts(file, FileKind.File, file.Length));
        }

        var handle = File.OpenHandle(
            file.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous);
        return new FileLookup(
            FileKind.File, ToFacts(File.GetLastWriteTimeUtc(handle), FileKind.File, RandomAccess.GetLength(handle)), handle);
    }

    private static bool HasLink(string root, string path)
    {
        var current = root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            current = Path.Join(current, name);
            if (new FileInfo(current).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The path with every link in it followed.</summary>
    private static string Resolve(string path)
    {
        var current = Path.GetPathRoot(path) ?? "/";
        foreach (var name in path[current.Length..].Split(Path.DirectorySeparatorChar, '/'))
        {
            if (name.Length == 0)
            {
                continue;
            }

            current = Path.Join(current, name);
            if (new FileInfo(current).LinkTarget is not null)
            {
                var target = FollowLink(current);

                // The way to the target may hold links of its own. FollowLink has refused circles already.
                current = Path.Join(Resolve(Path.GetDirectoryName(target) ?? target), Path.GetFileName(target));
            }
        }

        return current;
    }

    private static string FollowLink(string link)
    {
        try
        {
            return File.ResolveLinkTarget(link, returnFinalTarget: true)!.FullName;
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            // It has no error code of its own for links in a circle; such a link leads to nothing.
            throw new FileNotFoundException(e.Message, link, e);
        }
    }

    private static bool IsBelow(string root, string path) =>
        path.StartsWith(root, StringComparison.Ordinal)
        && (path.Length == root.Length || root.EndsWith(Path.DirectorySeparatorChar) || path[root.Length] == Path.DirectorySeparatorChar);

    private static FileFacts ToFacts(FileSystemInfo info, FileKind kind, long length) => ToFacts(info.LastWriteTimeUtc, kind, length);

    private static FileFacts ToFacts(DateTime modified, FileKind kind, long length)
    {
        var ticks = modified.Ticks - DateTime.UnixEpoch.Ticks;
        var seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out var rest);
        if (rest < 0)
        {
            seconds--;
            rest += TimeSpan.TicksPerSecond;
        }

        var nanoseconds = (uint)(rest * TimeSpan.NanosecondsPerTick);
        return new FileFacts(kind, 0, 0, length, seconds, nanoseconds, seconds, nanoseconds);
    }
}
