namespace Webserv.Gateway.Processes;

/// <summary>
/// What a program and each process that it starts may take, and as whom they run: plain values, which hold before the
/// program's first instruction, but for the niceness, which may come a moment later. What is <see langword="null"/> is inherited from the server.
/// </summary>
internal sealed record ProcessLimits
{
    /// <summary>No limit beyond the server's own.</summary>
    public static ProcessLimits None { get; } = new();

    /// <summary>The most bytes of address space (<c>RLIMIT_AS</c>).</summary>
    public long? Memory { get; init; }

    /// <summary>The most seconds of processor time (<c>RLIMIT_CPU</c>): SIGXCPU at the limit, SIGKILL a second later.</summary>
    public long? CpuTime { get; init; }

    /// <summary>The most processes and threads of the user it runs as (<c>RLIMIT_NPROC</c>).</summary>
    public long? Processes { get; init; }

    /// <summary>The most open descriptors (<c>RLIMIT_NOFILE</c>).</summary>
    public long? OpenFiles { get; init; }

    /// <summary>The most bytes of a file that it writes (<c>RLIMIT_FSIZE</c>).</summary>
    public long? FileSize { get; init; }

    /// <summary>The most bytes of a core file (<c>RLIMIT_CORE</c>).</summary>
    public long? CoreSize { get; init; }

    /// <summary>The niceness, -20 to 19.</summary>
    public int? Niceness { get; init; }

    /// <summary>The permissions that files do not get when they are made.</summary>
    public int? Umask { get; init; }

    /// <summary>The user and groups to run as.</summary>
    public ProcessIdentity? Identity { get; init; }
}
