namespace Webserv.Gateway.Processes;

/// <summary>Starts programs.</summary>
internal interface IProcessRunner
{
    /// <summary>Starts a program in a process group of its own, with three pipes and nothing else of the server's.</summary>
    /// <exception cref="ProcessStartException">It could not be started.</exception>
    IScriptProcess Start(ProcessStart start);

    /// <summary>Finds out whether programs can be started with limits here.</summary>
    /// <returns>Why not, or <see langword="null"/> where they can.</returns>
    Task<string?> FindProblemAsync(ProcessLimits limits, CancellationToken cancellation) =>
        Task.FromResult(limits == ProcessLimits.None ? null : "limits and users need Linux");
}
