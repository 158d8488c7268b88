using System.Diagnostics;

namespace Webserv.Gateway.Processes.Portable;

/// <summary>A script started through <see cref="Process"/>. It cannot be asked to end, only killed, with all it started.</summary>
internal sealed class PortableScriptProcess(Process process) : IScriptProcess
{
    public int Id { get; } = process.Id;

    public Stream StandardInput { get; } = process.StandardInput.BaseStream;

    public Stream StandardOutput { get; } = process.StandardOutput.BaseStream;

    public Stream StandardError { get; } = process.StandardError.BaseStream;

    public Task Exited { get; } = process.WaitForExitAsync();

    public bool Signal(ScriptSignal signal)
    {
        if (process.HasExited)
        {
            return false;
        }

        if (signal != ScriptSignal.Probe)
        {
            process.Kill(entireProcessTree: true);
        }

        return true;
    }

    public ProcessExit? FindExit() => process.HasExited ? Reap() : null;

    public ProcessExit Reap() => process.ExitCode is var code && !OperatingSystem.IsWindows() && code > 128
        ? new ProcessExit(null, code - 128)
        : new ProcessExit(code);

    public async ValueTask DisposeAsync()
    {
        // Process leaves streams open that somebody has asked for.
        await StandardInput.DisposeAsync().ConfigureAwait(false);
        await StandardOutput.DisposeAsync().ConfigureAwait(false);
        await StandardError.DisposeAsync().ConfigureAwait(false);
        process.Dispose();
    }
}
