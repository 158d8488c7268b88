using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The system calls and functions of the C library behind <see cref="PosixSpawnRunner"/>.</summary>
internal static unsafe partial class Native
{
    public const int CloseOnExec = 0x80000; // O_CLOEXEC
    public const int DuplicateCloseOnExec = 1030; // F_DUPFD_CLOEXEC
    public const int SpawnSetSignalDefaults = 0x04;
    public const int SpawnSetSignalMask = 0x08;
    public const int SpawnSetSession = 0x80;
    public const nint PidfdOpen = 434; // the same number on every architecture
    public const nint PidfdSignal = 424;
    public const int WaitNoHang = 1;
    public const int WaitExited = 4;
    public const int WaitNoReap = 0x01000000;
    public const int WaitByPid = 1; // P_PID
    public const int ChildExited = 1; // CLD_EXITED
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;

    private const string C = "libc";

    public static bool Has(string function) =>
        NativeLibrary.TryLoad(C, typeof(Native).Assembly, null, out var library) && NativeLibrary.TryGetExport(library, function, out _);

    [LibraryImport(C, EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* descriptors, int flags);

    [LibraryImport(C, EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int descriptor, int command, int argument);

    [LibraryImport(C, EntryPoint = "posix_spawn")]
    public static partial int Spawn(out int pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(void* actions);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(void* actions);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(void* actions, int from, int to);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_addchdir_np")]
    public static partial int AddChangeDirectory(void* actions, byte* path);

    [LibraryImport(C, EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    public static partial int AddCloseFrom(void* actions, int from);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(void* attributes);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(void* attributes);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(void* attributes, short flags);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetSignalDefaults(void* attributes, void* signals);

    [LibraryImport(C, EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(void* attributes, void* signals);

    [LibraryImport(C, EntryPoint = "sigfillset")]
    public static partial int FillSignals(void* signals);

    [LibraryImport(C, EntryPoint = "sigemptyset")]
    public static partial int EmptySignals(void* signals);

    [LibraryImport(C, EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport(C, EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    [LibraryImport(C, EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int kind, int id, void* information, int options);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second);

    [LibraryImport(C, EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint first, nint second, nint third, nint fourth);

    /// <summary>The number of a signal.</summary>
    public static int NumberOf(ScriptSignal signal) => signal switch
    {
        ScriptSignal.Kill => SignalKill,
        ScriptSignal.Terminate => SignalTerminate,
        _ => 0,
    };
}
