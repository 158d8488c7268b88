using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// A directory that files are put into, held for the time of a request. On Linux by a descriptor, through which its names
/// are reached (<c>/proc/self/fd/N/name</c>): if somebody swaps it for a symbolic link while a slow body arrives, the file
/// goes where it was meant to go all the same. Elsewhere, and where there is no /proc, it is reached by its path, and such
/// a swap would be followed.
/// </summary>
internal sealed partial class HeldDirectory : IDisposable
{
    private const int NoEntry = 2;
    private const int AccessDenied = 13;
    private const int FileExists = 17;
    private const int NotADirectory = 20;
    private const int NameTooLong = 36;
    private const int NotEmptyOnLinux = 39;
    private const int NotEmptyElsewhere = 66;
    private const int NotEmptyOnWindows = unchecked((int)0x80070091);
    private const int TooManyLinks = 40;
    private const int CurrentDirectory = -100;
    private const int OpenPath = 0x200000;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenCloseOnExecOnMacOS = 0x1000000;

    // O_DIRECTORY and O_NOFOLLOW have other values on ARM and POWER.
    private static readonly bool HasCommonFlags =
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 or Architecture.S390x
            or Architecture.RiscV64 or Architecture.LoongArch64;

    private static readonly int OpenDirectory = HasCommonFlags ? 0x10000 : 0x4000;
    private static readonly int OpenNoFollow = HasCommonFlags ? 0x20000 : 0x8000;
    private static readonly bool UsesDescriptors = OperatingSystem.IsLinux() && Directory.Exists("/proc/self/fd");

    private readonly SafeFileHandle? _descriptor;
    private readonly string _reach;

    private HeldDirectory(string path, SafeFileHandle? descriptor)
    {
        Path = path;
        _descriptor = descriptor;
        _reach = descriptor is null ? path : FormattableString.Invariant($"/proc/self/fd/{descriptor.DangerousGetHandle()}");
    }

    /// <summary>The path it was found by, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens the outermost directory, whose path the operator chose and may hold links.</summary>
    /// <exception cref="HttpException">409: it is gone; 403: it may not be entered.</exception>
    public static HeldDirectory Open(string path)
    {
        if (!UsesDescriptors)
        {
            return new HeldDirectory(path, null);
        }

        var descriptor = OpenAt(CurrentDirectory, path, OpenPath | OpenDirectory | OpenCloseOnExec);
        return descriptor >= 0
            ? new HeldDirectory(path, new SafeFileHandle(descriptor, ownsHandle: true))
            : throw Refusal(path, Marshal.GetLastPInvokeError());
    }

    /// <summary>The path by which the system reaches a name in the directory, while this is not disposed.</summary>
    public string Reach(string name) => System.IO.Path.Combine(_reach, name);

    /// <summary>The path of a name as an operator knows it, for messages.</summary>
    public string Name(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Opens a directory in this one.</summary>
    /// <returns>It, or <see langword="null"/> where it is missing.</returns>
    /// <exception cref="HttpException">403 for a symbolic link or no access, 409 for a file.</exception>
    public HeldDirectory? OpenChild(string name) => UsesDescriptors ? OpenChildDescriptor(name) : FindChild(name);

    /// <summary>Makes a directory in this one; it may exist.</summary>
    /// <exception cref="HttpException">What the file system refused.</exception>
    public void CreateChild(string name)
    {
        try
        {
            Directory.CreateDirectory(Reach(name));
        }
        catch (FileNotFoundException exception)
        {
            // Of this one: somebody, such as an upload of another process that did not arrive, has removed it.
            throw new HttpException(StatusCodes.Conflict, $"'{Path}' is gone.", exception);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    /// <summary>Removes a directory in this one if it is empty.</summary>
    /// <returns><see langword="false"/> where it is not, and where the name is none of a directory.</returns>
    /// <exception cref="IOException">The file system refused it for another reason.</exception>
    public bool TryRemoveChild(string name)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryRemoveOnWindows(Reach(name));
        }

        // Directory.Delete would remove a link that has taken the place of the directory.
        if (RemoveDirectory(Reach(name)) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        return error is NoEntry or NotADirectory or FileExists || error == (OperatingSystem.IsLinux() ? NotEmptyOnLinux : NotEmptyElsewhere)
            ? false
            : throw new IOException($"'{Name(name)}' cannot be removed: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    /// <summary>Whether anything has a name, a dangling link included.</summary>
    public bool Has(string name) => System.IO.Path.Exists(Reach(name)) || new FileInfo(Reach(name)).LinkTarget is not null;

    /// <summary>
    /// Sees to it that the names that were given in the directory are on the disk: fsync(2) of a file says nothing of those. On Windows,
    /// where a directory cannot be synced, the file system's journal has to do.
    /// </summary>
    /// <exception cref="HttpException">507 where there is no place for them.</exception>
    /// <exception cref="IOException">They may not be there.</exception>
    public void SyncToDisk()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // What is held is held by O_PATH, which cannot be synced.
        var descriptor = UsesDescriptors
            ? OpenAt((int)_descriptor!.DangerousGetHandle(), ".", OpenDirectory | OpenCloseOnExec)
            : Open(Path, OperatingSystem.IsMacOS() ? OpenCloseOnExecOnMacOS : OpenCloseOnExec);
        if (descriptor < 0)
        {
            throw Refusal(Path, Marshal.GetLastPInvokeError());
        }

        using var readable = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            RandomAccess.FlushToDisk(readable);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    public void Dispose() => _descriptor?.Dispose();

    private HeldDirectory? OpenChildDescriptor(string name)
    {
        var descriptor = OpenAt((int)_descriptor!.DangerousGetHandle(), name, OpenPath | OpenDirectory | OpenNoFollow | OpenCloseOnExec);
        if (descriptor >= 0)
        {
            return new HeldDirectory(Name(name), new SafeFileHandle(descriptor, ownsHandle: true));
        }

        return Marshal.GetLastPInvokeError() switch
        {
            NoEntry => null,
            NotADirectory or TooManyLinks when new FileInfo(Reach(name)).LinkTarget is not null => throw IsLink(name),
            NotADirectory => throw IsFile(name),
            var error => throw Refusal(Name(name), error),
        };
    }

    private HeldDirectory? FindChild(string name)
    {
        var directory = new DirectoryInfo(Reach(name));
        if (directory.LinkTarget is not null)
        {
            throw IsLink(name);
        }

        if (directory.Exists)
        {
            return new HeldDirectory(directory.FullName, null);
        }

        return File.Exists(directory.FullName) ? throw IsFile(name) : null;
    }

    private static bool TryRemoveOnWindows(string path)
    {
        try
        {
            Directory.Delete(path);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }
        catch (IOException exception) when (exception.HResult == NotEmptyOnWindows)
        {
            return false;
        }
    }

    private HttpException IsLink(string name) => new(StatusCodes.Forbidden, $"'{Name(name)}' is a symbolic link.");

    private HttpException IsFile(string name) => new(StatusCodes.Conflict, $"'{Name(name)}' is a file.");

    private static Exception Refusal(string path, int error) => error switch
    {
        NoEntry or NotADirectory => new HttpException(StatusCodes.Conflict, $"'{path}' is gone."),
        AccessDenied => new HttpException(StatusCodes.Forbidden, $"'{path}' may not be entered."),
        NameTooLong => new HttpException(StatusCodes.BadRequest, "The path is too long."),
        _ => new IOException($"'{path}' cannot be opened: {Marshal.GetPInvokeErrorMessage(error)}", error),
    };

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenAt(int directory, string path, int flags);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
