using System.Runtime.InteropServices;

namespace Webserv.EndToEnd.Tests.Processes;

/// <summary>System calls of the tests themselves.</summary>
internal static partial class NativeCalls
{
    /// <summary>Sends a signal to one process that a test has started.</summary>
    public static void Send(int processId, PosixSignalNumber signal)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        if (Kill(processId, (int)signal) != 0)
        {
            throw new InvalidOperationException($"kill({processId}): {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");
        }
    }

    /// <summary>Ends a process that may have ended by itself a moment ago.</summary>
    public static void KillIfAlive(int processId)
    {
        const int NoSuchProcess = 3;
        ArgumentOutOfRangeException.ThrowIfLessThan(processId, 2);
        if (Kill(processId, (int)PosixSignalNumber.Kill) != 0 && Marshal.GetLastPInvokeError() is not NoSuchProcess and var error)
        {
            throw new InvalidOperationException($"kill({processId}): {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
