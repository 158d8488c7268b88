using Webserv.Abstractions.Configuration;

namespace Webserv.Gateway.Processes;

/// <summary>
/// What a script and each process that it starts may take, and as whom they run (Linux). What is not said is as it is for
/// the server itself; no limit goes above the server's own hard limit.
/// </summary>
public sealed class ProcessLimitOptions
{
    /// <summary>The most address space of a process (<c>RLIMIT_AS</c>), 16MB or more. Default: the server's own.</summary>
    public ByteSize? Memory { get; set; }

    /// <summary>
    /// How much processor time a process may use (<c>RLIMIT_CPU</c>), in whole seconds from 1 s: then it gets SIGXCPU, and
    /// SIGKILL a second later. Default: the server's own.
    /// </summary>
    public TimeSpan? CpuTime { get; set; }

    /// <summary>
    /// How many processes and threads the user that the script runs as may have in all, others of that user's included
    /// (<c>RLIMIT_NPROC</c>), 1 or more. It does not hold for root, so it goes with <see cref="User"/>. Default: the server's own.
    /// </summary>
    public int? Processes { get; set; }

    /// <summary>How many descriptors a process may have open (<c>RLIMIT_NOFILE</c>), 16 or more. Default: the server's own.</summary>
    public int? OpenFiles { get; set; }

    /// <summary>The largest file that a process may write (<c>RLIMIT_FSIZE</c>): SIGXFSZ above it. Default: the server's own.</summary>
    public ByteSize? FileSize { get; set; }

    /// <summary>
    /// The largest core file that a process leaves behind when it crashes (<c>RLIMIT_CORE</c>). Default: none (<c>0</c>) where
    /// any of these options is set, else the server's own.
    /// </summary>
    public ByteSize? CoreSize { get; set; }

    /// <summary>How far a script steps back behind others for the processor: -20 to 19, below the server's own only as root.</summary>
    public int? Niceness { get; set; }

    /// <summary>The user, a name or a number, to run scripts as; the server must run as root. Default: the server's own.</summary>
    public string? User { get; set; }

    /// <summary>
    /// The group, a name or a number, to run scripts as; the server must run as root. Default: the group of <see cref="User"/>.
    /// The supplementary groups are those that the system lists for <see cref="User"/>, none without it.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>The permissions that files do not get when they are made, octal: <c>"027"</c>. Default: the server's own.</summary>
    public string? Umask { get; set; }
}
