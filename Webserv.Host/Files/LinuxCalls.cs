using System.Runtime.InteropServices;

namespace Webserv.Host.Files;

/// <summary>
/// The system calls for looking files up. <c>statx</c> rather than <c>fstat</c>, as its structure is the same on every
/// architecture.
/// </summary>
internal static unsafe partial class LinuxCalls
{
    public const int AtCurrentDirectory = -100;
    public const int AtEmptyPath = 0x1000;
    public const uint StatxBasicStats = 0x7ff;
    public const int OpenReadOnly = 0;
    public const int OpenNoTerminal = 0x100;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;
    public const int OpenPath = 0x200000;
    public const ulong ResolveNoMagicLinks = 0x02;
    public const ulong ResolveNoSymbolicLinks = 0x04;
    public const ulong ResolveBeneath = 0x08;
    private const int OpenAt2Number = 437;
    private const int LimitOfOpenFiles = 7;

    /// <summary>O_NOFOLLOW, one of the few flags that depend on the architecture.</summary>
    public static readonly int OpenNoFollow =
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 or Architecture.S390x
            or Architecture.RiscV64 or Architecture.LoongArch64
            ? 0x20000
            : 0x8000;

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    public static partial int OpenAt(int directory, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    public static partial int Statx(int directory, byte* path, int flags, uint mask, StatxBuffer* buffer);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    public static partial nint ReadLinkAt(int directory, byte* path, byte* buffer, nint size);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint ReadAt(int descriptor, byte* buffer, nint count, nint offset);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetEffectiveUser();

    /// <summary>openat2 has no wrapper in the C library; its number is the same everywhere.</summary>
    public static int OpenAt2(int directory, byte* path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
        return (int)Call(OpenAt2Number, directory, path, &how, (nuint)sizeof(OpenHow));
    }

    /// <summary>The number of descriptors this process may have, or <see langword="null"/> where it cannot be told.</summary>
    public static long? GetDescriptorLimit()
    {
        Limit limit;
        return GetLimit(LimitOfOpenFiles, &limit) == 0 ? (long)Math.Min(limit.Soft, int.MaxValue) : null;
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint directory, byte* path, OpenHow* how, nuint size);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, Limit* limit);

    private struct Limit
    {
        public nuint Soft;
        public nuint Hard;
    }

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
