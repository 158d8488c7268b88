using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Gateway.Processes.Linux;

/// <summary>
/// Starts programs with <c>posix_spawn(3)</c>, whose cost does not grow with the server's memory as that of
/// <c>fork(2)</c> does. The child has a session of its own, default signal handling, an empty signal mask, the three
/// pipes and no other descriptor.
/// </summary>
internal sealed class PosixSpawnRunner(IPipeStreams streams, TimeProvider time) : IProcessRunner, IDisposable
{
    private readonly Lock _lock = new();
    private LimitedLauncher? _limited;

    /// <summary>Whether the C library can do it: glibc 2.29 or musl 1.1.24.</summary>
    public static bool IsSupported => PosixSpawn.IsSupported;

    public IScriptProcess Start(ProcessStart start)
    {
        var limits = start.Limits;
        var name = start.Program;
        using var input = new Pipe(name);
        using var output = new Pipe(name);
        using var error = new Pipe(name);
        if (limits.Identity is { } identity)
        {
            // Who opens /dev/stdout, /dev/stderr or /dev/stdin anew must own the pipe.
            Pipe.Give(input.Reader, identity, name);
            Pipe.Give(output.Writer, identity, name);
            Pipe.Give(error.Writer, identity, name);
            start = IdentityLauncher.Wrap(start, identity);
        }

        var pid = limits == ProcessLimits.None
            ? PosixSpawn.Spawn(start, start.Input ?? input.Reader, output.Writer, error.Writer)
            : GetLimited().Spawn(start, start.Input ?? input.Reader, output.Writer, error.Writer);

        // From here on the streams own the server's ends, and make them non-blocking.
        return new LinuxScriptProcess(
            pid,
            name,
            limits,
            streams.OpenWrite(Take(input.Writer)),
            streams.OpenRead(Take(output.Reader)),
            streams.OpenRead(Take(error.Reader)),
            streams,
            time);
    }

    public async Task<string?> FindProblemAsync(ProcessLimits limits, CancellationToken cancellation)
    {
        if (limits == ProcessLimits.None)
        {
            return null;
        }

        if (!PosixSpawn.ClosesOthers)
        {
            return "the C library is too old for limits: glibc 2.34 is needed";
        }

        if (limits.Identity is not null && IdentityLauncher.Program is null)
        {
            return $"{IdentityLauncher.Name} is not installed (package coreutils), and User and Group need it";
        }

        try
        {
            return await TryAsync(limits, cancellation).ConfigureAwait(false);
        }
        catch (ProcessStartException failure)
        {
            return failure.Message;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _limited?.Dispose();
            _limited = null;
        }
    }

    /// <summary>Only where somebody has limits there is a thread for them.</summary>
    private LimitedLauncher GetLimited()
    {
        lock (_lock)
        {
            return _limited ??= new LimitedLauncher();
        }
    }

    /// <summary>Runs a program that does nothing.</summary>
    private async Task<string?> TryAsync(ProcessLimits limits, CancellationToken cancellation)
    {
        // How many processes the user has right now says nothing of the configuration.
        var process = Start(new ProcessStart("/bin/sh", ["-c", ":"], "/", new Dictionary<string, string>()) { Limits = limits with { Processes = null } });
        await using (process.ConfigureAwait(false))
        {
            try
            {
                using var error = new StreamReader(process.StandardError, leaveOpen: true);
                var said = (await error.ReadToEndAsync(cancellation).ConfigureAwait(false)).Trim();
                await process.Exited.WaitAsync(cancellation).ConfigureAwait(false);
                return process.Reap() is { IsSuccess: false } exit ? $"a program with these limits {exit}{(said.Length > 0 ? ": " + said : "")}" : null;
            }
            catch (OperationCanceledException)
            {
                process.Signal(ScriptSignal.Kill);
                await process.Exited.ConfigureAwait(false);
                process.Reap();
                throw;
            }
        }
    }

    private static SafeFileHandle Take(SafeFileHandle end)
    {
        var taken = new SafeFileHandle(end.DangerousGetHandle(), ownsHandle: true);
        end.SetHandleAsInvalid();
        return taken;
    }
}
