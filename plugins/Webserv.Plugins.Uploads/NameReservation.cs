using System.Runtime.InteropServices;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Gives a finished file its name if nobody has that name, in one step. <c>File.Move(overwrite: false)</c> does not: on Unix
/// it looks first and then renames over whatever came in between.
/// </summary>
internal static partial class NameReservation
{
    private const int FileExists = 17;

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

        return Marshal.GetLastPInvokeError() != FileExists && TryReserve(source, target);
    }

    /// <summary>For file systems without hard links, and for the right exception where link(2) failed for another reason.</summary>
    internal static bool TryReserve(string source, string target)
    {
        try
        {
            File.OpenHandle(target, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (IOException exception) when (exception.HResult == FileExists)
        {
            return false;
        }

        // The name is ours: rename(2) over our own empty file.
        File.Move(source, target, overwrite: true);
        return true;
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
}
