using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>The call of <c>posix_spawn(3)</c> itself.</summary>
internal static unsafe class PosixSpawn
{
    // Larger than posix_spawn_file_actions_t (80 bytes), posix_spawnattr_t (336) and sigset_t (128) of glibc and musl.
    private const int OpaqueSize = 1024;

    /// <summary>
    /// Whether it can close what a child would inherit: glibc 2.34. Without it nothing leaks either, as long as everybody
    /// opens with O_CLOEXEC as .NET does.
    /// </summary>
    public static bool ClosesOthers { get; } = Native.Has("posix_spawn_file_actions_addclosefrom_np");

    /// <summary>Whether the C library can do it: glibc 2.29 or musl 1.1.24.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Native.Has("posix_spawn_file_actions_addchdir_np");

    /// <summary>Starts a program; <see cref="ProcessStart.Limits"/> are not looked at.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="input">Its standard input, above 2.</param>
    /// <param name="output">Its standard output, above 2.</param>
    /// <param name="error">Its standard error, above 2.</param>
    /// <param name="gate">Where the child waits before its program.</param>
    /// <returns>The process id.</returns>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    public static int Spawn(ProcessStart start, SafeHandle input, SafeFileHandle output, SafeFileHandle error, SpawnGate? gate = null)
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
                if (gate is not null)
                {
                    Check(gate.AddTo(actions));
                }
                else if (ClosesOthers)
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
