using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Starts programs with <c>posix_spawn(3)</c>, whose cost does not grow with the server's memory as that of
/// <c>fork(2)</c> does. The child has a session of its own, default signal handling, an empty signal mask, the three
/// pipes and no other descriptor.
/// </summary>
internal sealed unsafe class PosixSpawnRunner(IPipeStreams streams, TimeProvider time) : IProcessRunner
{
    // Larger than posix_spawn_file_actions_t (80 bytes), posix_spawnattr_t (336) and sigset_t (128) of glibc and musl.
    private const int OpaqueSize = 1024;

    // glibc 2.34. Without it nothing leaks either, as long as everybody opens with O_CLOEXEC as .NET does.
    private static readonly bool ClosesOthers = Native.Has("posix_spawn_file_actions_addclosefrom_np");

    /// <summary>Whether the C library can do it: glibc 2.29 or musl 1.1.24.</summary>
    public static bool IsSupported { get; } =
        OperatingSystem.IsLinux() && Native.Has("posix_spawn_file_actions_addchdir_np");

    public IScriptProcess Start(ProcessStart start)
    {
        var program = start.Program;
        using var input = new Pipe(program);
        using var output = new Pipe(program);
        using var error = new Pipe(program);
        var pid = Spawn(start, start.Input ?? input.Reader, output.Writer, error.Writer);

        // From here on the streams own the server's ends, and make them non-blocking.
        return new LinuxScriptProcess(
            pid,
            streams.OpenWrite(Take(input.Writer)),
            streams.OpenRead(Take(output.Reader)),
            streams.OpenRead(Take(error.Reader)),
            streams,
            time);
    }

    private static SafeFileHandle Take(SafeFileHandle end)
    {
        var taken = new SafeFileHandle(end.DangerousGetHandle(), ownsHandle: true);
        end.SetHandleAsInvalid();
        return taken;
    }

    private static int Spawn(ProcessStart start, SafeHandle input, SafeFileHandle output, SafeFileHandle error)
    {
        using var path = new NativeStrings([start.Program, start.WorkingDirectory]);
        using var arguments = new NativeStrings([start.Program, .. start.Arguments]);
        using var environment = new NativeStrings([.. start.Environment.Select(static variable => $"{variable.Key}={variable.Value}")]);
        var actions = stackalloc byte[OpaqueSize];
        var attributes = stackalloc byte[OpaqueSize];
        var signals = stackalloc byte[OpaqueSize];
        Check(Native.InitActions(actions));
        try
        {
            Check(Native.InitAttributes(attributes));
            try
            {
                Check(Native.AddDuplicate(actions, (int)input.DangerousGetHandle(), 0));
                Check(Native.AddDuplicate(actions, (int)output.DangerousGetHandle(), 1));
                Check(Native.AddDuplicate(actions, (int)error.DangerousGetHandle(), 2));
                Check(Native.AddChangeDirectory(actions, path.Pointer[1]));
                if (ClosesOthers)
                {
                    Check(Native.AddCloseFrom(actions, 3));
                }

                // .NET ignores SIGPIPE, and whatever started the server may have ignored more: exec would keep that.
                _ = Native.FillSignals(signals);
                Check(Native.SetSignalDefaults(attributes, signals));
                _ = Native.EmptySignals(signals);
                Check(Native.SetSignalMask(attributes, signals));
                Check(Native.SetFlags(attributes, Native.SpawnSetSignalDefaults | Native.SpawnSetSignalMask | Native.SpawnSetSession));
                Check(Native.Spawn(out var pid, path.Pointer[0], actions, attributes, arguments.Pointer, environment.Pointer));
                return pid;
            }
            finally
            {
                _ = Native.DestroyAttributes(attributes);
            }
        }
        finally
        {
            _ = Native.DestroyActions(actions);
        }

        void Check(int result)
        {
            if (result != 0)
            {
                throw Errno.StartFailed(start.Program, result);
            }
        }
    }
}
