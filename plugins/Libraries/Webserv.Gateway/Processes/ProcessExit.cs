namespace Webserv.Gateway.Processes;

/// <summary>How a program ended.</summary>
/// <param name="Code">Its exit status, where it exited.</param>
/// <param name="Signal">The signal that killed it, where one did; 0 where nobody knows which. Neither is known where somebody else collected it.</param>
internal readonly record struct ProcessExit(int? Code, int? Signal = null)
{
    /// <summary>Whether it exited with 0, or nobody knows better.</summary>
    public bool IsSuccess => Signal is null && Code is null or 0;

    public override string ToString() =>
        Signal is 0 ? "was killed by a signal" :
        Signal is { } signal ? $"was killed by signal {signal}{Name(signal)}" : Code is { } code ? $"exited with status {code}" : "exited";

    private static string Name(int signal) => signal switch
    {
        4 => " (SIGILL)",
        6 => " (SIGABRT)",
        7 => " (SIGBUS)",
        8 => " (SIGFPE)",
        9 => " (SIGKILL)",
        11 => " (SIGSEGV)",
        13 => " (SIGPIPE)",
        15 => " (SIGTERM)",
        24 => " (SIGXCPU)",
        25 => " (SIGXFSZ)",
        31 => " (SIGSYS)",
        _ => "",
    };
}
