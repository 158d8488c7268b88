using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The functions of the C library behind <see cref="PrivateDirectory"/>. Names end with NUL.</summary>
internal static unsafe partial class NativeFiles
{
    public const int CurrentDirectory = -100; // AT_FDCWD
    public const int RemoveDirectory = 0x200; // AT_REMOVEDIR
    public const int NameInEntry = 19; // Behind inode, offset, length and type of struct dirent with 64 bits.

    private const string C = "libc";

    // Without it, readdir is the one with 64 bits.
    private static readonly bool Has64 = Native.Has("readdir64");

    // O_DIRECTORY and O_NOFOLLOW are among the few numbers that differ.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le;

    public static int DirectoryOnly => IsArm ? 0x4000 : 0x10000;

    public static int NoFollow => IsArm ? 0x8000 : 0x20000;

    public static byte* ReadEntry(nint stream) => Has64 ? ReadEntry64(stream) : ReadEntryPlain(stream);

    [LibraryImport(C, EntryPoint = "mkdir", SetLastError = true)]
    public static partial int MakeDirectory(byte[] path, uint mode);

    [LibraryImport(C, EntryPoint = "openat", SetLastError = true)]
    public static partial int Open(int parent, byte[] name, int flags);

    [LibraryImport(C, EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(int descriptor, uint mode);

    [LibraryImport(C, EntryPoint = "fchmodat", SetLastError = true)]
    public static partial int ChangeModeOf(int parent, byte[] name, uint mode, int flags);

    [LibraryImport(C, EntryPoint = "unlinkat", SetLastError = true)]
    public static partial int Unlink(int parent, byte[] name, int flags);

    [LibraryImport(C, EntryPoint = "renameat", SetLastError = true)]
    public static partial int Rename(int fromParent, byte[] from, int toParent, byte[] to);

    [LibraryImport(C, EntryPoint = "fdopendir", SetLastError = true)]
    public static partial nint OpenStream(int descriptor);

    [LibraryImport(C, EntryPoint = "closedir")]
    public static partial int CloseStream(nint stream);

    [LibraryImport(C, EntryPoint = "readdir64")]
    private static partial byte* ReadEntry64(nint stream);

    [LibraryImport(C, EntryPoint = "readdir")]
    private static partial byte* ReadEntryPlain(nint stream);
}
