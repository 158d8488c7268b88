using System.Runtime.InteropServices;

namespace Webserv.Host.Commands;

/// <summary>Signals through kill(2).</summary>
internal sealed partial class Signals : ISignals
{
    private const int Sighup = 1;

    /// <inheritdoc />
    public string? Hangup(int processId)
    {
        if (OperatingSystem.IsWindows())
        {
            return "there are no signals on Windows; restart the server";
        }

        return Kill(processId, Sighup) == 0
            ? null
            : $"process {processId}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);
}
