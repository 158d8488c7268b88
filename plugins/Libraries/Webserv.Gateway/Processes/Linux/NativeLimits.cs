using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The functions of the C library behind <see cref="LimitedLauncher"/> and <see cref="SpawnGate"/>.</summary>
internal static unsafe partial class NativeLimits
{
    public const int ReadOnly = 0; // O_RDONLY
    public const int ReadWrite = 2; // O_RDWR
    public const int NonBlocking = 0x800; // O_NONBLOCK
    public const int PathOnly = 0x200000; // O_PATH
    public const int OwnerOnly = 0x180; // 0600
    public const short PollIn = 1;
    public const int ShareNoDirectory = 0x200; // CLONE_FS
    public const int PriorityOfGroup = 1; // PRIO_PGRP

    // The same numbers on every architecture that Linux and .NET share.
    public const int CpuTime = 0;
    public const int FileSize = 1;
    public const int CoreSize = 4;
    public const int Processes = 6;
    public const int OpenFiles = 7;
    public const int AddressSpace = 9;

    private const string C = "libc";

    [LibraryImport(C, EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFifo(string path, uint mode);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, uint mode);

    [LibraryImport(C, EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport(C, EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, byte* target, nuint size);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, byte* buffer, nuint size);

    [LibraryImport(C, EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollEntry* entries, nuint count, int timeout);

    [LibraryImport(C, EntryPoint = "prlimit", SetLastError = true)]
    public static partial int Limit(int pid, int resource, ResourceLimit* change, ResourceLimit* previous);

    [LibraryImport(C, EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int kind, int id, int niceness);

    [LibraryImport(C, EntryPoint = "umask")]
    public static partial int Umask(int mask);

    [LibraryImport(C, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int what);

    [LibraryImport(C, EntryPoint = "gettid")]
    public static partial int ThreadId();

    [LibraryImport(C, EntryPoint = "fchown", SetLastError = true)]
    public static partial int ChangeOwner(int descriptor, uint user, uint group);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddOpen(void* actions, int descriptor, string path, int flags, uint mode);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary><c>struct rlimit</c> where <c>rlim_t</c> has 64 bits.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceLimit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
