using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>A pidfd: a process that is not a child, without the danger that its number goes to another one.</summary>
internal sealed class ProcessHandle : IDisposable
{
    private readonly SafeFileHandle _descriptor;

    private ProcessHandle(int descriptor) => _descriptor = new SafeFileHandle(descriptor, ownsHandle: true);

    /// <summary>Opens a process; <see langword="null"/> where there is none, or the kernel (before 5.3) has no such handles.</summary>
    public static ProcessHandle? Open(int pid)
    {
        var descriptor = (int)Native.SystemCall(Native.PidfdOpen, pid, 0);
        return descriptor >= 0 ? new ProcessHandle(descriptor) : null;
    }

    /// <summary>Sends a signal.</summary>
    /// <returns>Whether it was there and not dead.</returns>
    public unsafe bool Signal(ScriptSignal signal)
    {
        var descriptor = (int)_descriptor.DangerousGetHandle();
        var entry = new NativeLimits.PollEntry { Descriptor = descriptor, Events = NativeLimits.PollIn };
        if (NativeLimits.Poll(&entry, 1, 0) > 0)
        {
            return false; // Readable is dead, be it reaped or not.
        }

        return Native.SystemCall(Native.PidfdSignal, descriptor, Native.NumberOf(signal), 0, 0) == 0
            || Marshal.GetLastPInvokeError() != Errno.NoSuchProcess;
    }

    public void Dispose() => _descriptor.Dispose();
}
