using System.Runtime.InteropServices;

namespace Webserv.Gateway.Processes;

/// <summary>What to start.</summary>
/// <param name="Program">The absolute path of the program.</param>
/// <param name="Arguments">Its arguments, without its own name.</param>
/// <param name="WorkingDirectory">The absolute path of the directory it starts in.</param>
/// <param name="Environment">Its whole environment.</param>
internal sealed record ProcessStart(
    string Program, IReadOnlyList<string> Arguments, string WorkingDirectory, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>What it may take, and as whom it runs.</summary>
    public ProcessLimits Limits { get; init; } = ProcessLimits.None;

    /// <summary>
    /// What the program finds as its descriptor 0 instead of a pipe, such as a listening socket; never below 3, and the
    /// caller's to close. Only where programs are started with <c>posix_spawn</c>.
    /// </summary>
    public SafeHandle? Input { get; init; }
}
