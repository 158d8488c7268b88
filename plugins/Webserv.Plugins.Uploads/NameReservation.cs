using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Gives a finished file its name if nobody has that name, in one step. <c>File.Move(overwrite: false)</c> does not: on Unix
/// it looks first and then renames over whatever came in between.
/// </summary>
internal static partial class NameReservation
{
    private const int FileExists = 17;
    private const int CurrentDirectory = -100;
    private const uint NoReplace = 1;

    /// <summary>Moves a file to a free name.</summary>
    /// <returns><see langword="false"/> where the name is taken, by a dangling link or a directory too; the file stays.</returns>
    public static bool TryMove(string source, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            return TryMoveOnWindows(source, target);
        }

        if (Link(source, target) == 0)
        {
            File.Delete(source);
            return true;
        }

        return Marshal.GetLastPInvokeError() != FileExists && (TryRename(source, target) ?? TryReserve(source, target));
    }

    /// <summary>For file systems of Linux without hard links, such as FAT.</summary>
    /// <returns><see langword="null"/> where neither system nor file system knows of it, or it failed for another reason.</returns>
    internal static bool? TryRename(string source, string target)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            return RenameAt(CurrentDirectory, source, CurrentDirectory, target, NoReplace) == 0 ? true
                : Marshal.GetLastPInvokeError() == FileExists ? false
                : null;
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library; there is the other way.
            return null;
        }
    }

    /// <summary>For systems and file systems with neither, and for the right exception where they failed for another reason.</summary>
    internal static bool TryReserve(string source, string target)
    {
        SafeFileHandle reservation;
        try
        {
            reservation = File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write);
        }
        catch (IOException exception) when (exception.HResult == FileExists)
        {
            return false;
        }

        using (reservation)
        {
            var reserved = FileIdentity.Of(target);
            try
            {
                // The name is ours: rename(2) over our own empty file.
                File.Move(source, target, overwrite: true);
                return true;
            }
            catch
            {
                // Nobody uploaded an empty file; what somebody else put there meanwhile stays.
                if (FileIdentity.Of(target) == reserved)
                {
                    File.Delete(target);
                }

                throw;
            }
        }
    }

    private static bool TryMoveOnWindows(string source, string target)
    {
        try
        {
            File.Move(source, target, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(target))
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string source, string target);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(int sourceDirectory, string source, int targetDirectory, string target, uint flags);
}
