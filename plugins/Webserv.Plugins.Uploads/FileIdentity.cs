using System.Globalization;
using System.Runtime.InteropServices;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// Which file it is, whatever names it has: device and inode on Linux, which no other file gets while this one is open. Elsewhere what is
/// hardly ever the same of two files that follow each other under one name: when it was written, and its length.
/// </summary>
internal static partial class FileIdentity
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint WantsInode = 0x100;

    // Offsets in struct statx, which are the same on every architecture.
    private const int InodeOffset = 32;
    private const int DeviceOffset = 136;
    private const int StatxLength = 256;

    /// <summary>The identity of what has a name now; a link is itself and not what it points to.</summary>
    /// <returns>It, or <see langword="null"/> where no file has the name.</returns>
    public static string? Of(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            Span<byte> status = stackalloc byte[StatxLength];
            if (Statx(CurrentDirectory, path, NoFollow, WantsInode, ref MemoryMarshal.GetReference(status)) == 0)
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{MemoryMarshal.Read<ulong>(status[DeviceOffset..])}:{MemoryMarshal.Read<ulong>(status[InodeOffset..])}");
            }
        }

        // On Linux too: containers with old rules refuse statx(2).
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.LastWriteTimeUtc.Ticks} {file.Length}") : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
