using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// A script that leads a session and process group of its own. Its end is noticed through a pidfd, without reaping: the
/// dead leader keeps the group's number taken until <see cref="Reap"/>.
/// </summary>
internal sealed class LinuxScriptProcess : IScriptProcess
{
    private static readonly TimeSpan FirstPoll = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan SlowestPoll = TimeSpan.FromMilliseconds(100);
    private readonly string _program;
    private readonly ProcessLimits _limits;
    private readonly TimeProvider _time;

    public LinuxScriptProcess(
        int id, string program, ProcessLimits limits, Stream input, Stream output, Stream error, IPipeStreams streams, TimeProvider time)
    {
        Id = id;
        _program = program;
        _limits = limits;
        StandardInput = input;
        StandardOutput = output;
        StandardError = error;
        _time = time;
        Exited = WaitForExitAsync(streams);
    }

    public int Id { get; }

    public Stream StandardInput { get; }

    public Stream StandardOutput { get; }

    public Stream StandardError { get; }

    public Task Exited { get; }

    public bool Signal(ScriptSignal signal)
    {
        // EPERM: somebody is there, who may have become another user.
        return Native.Kill(-Id, Native.NumberOf(signal)) == 0 || Marshal.GetLastPInvokeError() != Errno.NoSuchProcess;
    }

    public async ValueTask<ProcessStartException?> FindStartFailureAsync(CancellationToken cancellation)
    {
        if (_limits.Identity is null)
        {
            return null;
        }

        await Exited.WaitAsync(cancellation).ConfigureAwait(false);
        return IdentityLauncher.FindFailure(Id, ExitCode(), _program, _limits);
    }

    public ProcessExit? FindExit() => ExitingProcess.Find(Id);

    public ProcessExit Reap()
    {
        int result;
        int status;
        do
        {
            result = Native.WaitPid(Id, out status, Native.WaitNoHang);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Errno.Interrupted);

        if (result != Id)
        {
            return default; // ECHILD: SIGCHLD is ignored, so the system collected it.
        }

        var signal = status & 0x7F;
        return signal == 0 ? new ProcessExit((status >> 8) & 0xFF) : new ProcessExit(null, signal);
    }

    public async ValueTask DisposeAsync()
    {
        await StandardInput.DisposeAsync().ConfigureAwait(false);
        await StandardOutput.DisposeAsync().ConfigureAwait(false);
        await StandardError.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WaitForExitAsync(IPipeStreams streams)
    {
        var descriptor = (int)Native.SystemCall(Native.PidfdOpen, Id, 0);
        if (descriptor >= 0)
        {
            try
            {
                var pidfd = streams.OpenRead(new SafeFileHandle(descriptor, ownsHandle: true));
                await using (pidfd.ConfigureAwait(false))
                {
                    _ = await pidfd.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IOException or NotSupportedException or ArgumentException)
            {
                // These streams cannot wait for a pidfd: polling below does.
            }
        }

        // Usually true at once. Without pidfds (Linux before 5.3, some sandboxes) this is the way.
        for (var delay = FirstPoll; !HasExited(); delay = delay < SlowestPoll ? delay * 2 : delay)
        {
            await Task.Delay(delay, _time).ConfigureAwait(false);
        }
    }

    private unsafe bool HasExited()
    {
        var information = stackalloc int[64]; // siginfo_t is 128 bytes and begins with si_signo, 0 while nobody has exited.
        information[0] = 0;
        return Native.WaitId(Native.WaitByPid, Id, information, Native.WaitExited | Native.WaitNoHang | Native.WaitNoReap) == 0
            ? information[0] != 0
            : Marshal.GetLastPInvokeError() != Errno.Interrupted; // ECHILD: collected by the system.
    }

    /// <summary>The status that it exited with, without reaping it.</summary>
    private unsafe int? ExitCode()
    {
        // si_signo, si_errno, si_code; then, aligned to a pointer, si_pid, si_uid, si_status.
        var information = stackalloc int[64];
        information[0] = 0;
        return Native.WaitId(Native.WaitByPid, Id, information, Native.WaitExited | Native.WaitNoHang | Native.WaitNoReap) == 0
            && information[0] != 0 && information[2] == Native.ChildExited
                ? information[(sizeof(nint) == 8 ? 4 : 3) + 2]
                : null;
    }
}
