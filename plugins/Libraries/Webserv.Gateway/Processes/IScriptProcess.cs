namespace Webserv.Gateway.Processes;

/// <summary>A running script and the processes of its group. Disposing closes the pipes; it must have been reaped before.</summary>
internal interface IScriptProcess : IAsyncDisposable
{
    /// <summary>The process id.</summary>
    int Id { get; }

    /// <summary>The script's standard input. A write throws <see cref="IOException"/> when the script does not read any more.</summary>
    Stream StandardInput { get; }

    /// <summary>The script's standard output; ends when the script and all that inherited it have closed it.</summary>
    Stream StandardOutput { get; }

    /// <summary>The script's standard error.</summary>
    Stream StandardError { get; }

    /// <summary>Ends when the script itself has ended, whatever became of the processes it started. Never fails.</summary>
    Task Exited { get; }

    /// <summary>Sends a signal to the script and every process of its group.</summary>
    /// <returns>Whether anybody was there. Before <see cref="Reap"/> the script itself is, dead or alive.</returns>
    bool Signal(ScriptSignal signal);

    /// <summary>
    /// Finds out, where the output has ended without a byte, whether the program was never run: what it is started through
    /// learns that too late for <see cref="IProcessRunner.Start"/> to throw it. To be awaited before <see cref="Reap"/>.
    /// </summary>
    ValueTask<ProcessStartException?> FindStartFailureAsync(CancellationToken cancellation) => default;

    /// <summary>How it ends, or has ended, without collecting it; <see langword="null"/> where it runs, or nobody knows. Not after <see cref="Reap"/>.</summary>
    ProcessExit? FindExit() => null;

    /// <summary>Collects the exit status; to be called once, after <see cref="Exited"/>.</summary>
    ProcessExit Reap();
}
