namespace Webserv.Host.Configuration;

/// <summary>A log file. Virtual servers that name the same one share it.</summary>
/// <param name="Path">Its absolute path; <see langword="null"/> for standard output.</param>
/// <param name="Mode">The rights of a file that is made, less those that the umask takes away.</param>
/// <param name="BufferSize">The bytes that an event loop gathers.</param>
/// <param name="FlushInterval">How long a line waits at most.</param>
/// <param name="MaxPending">The most bytes that wait, besides those that are being gathered; more are lost.</param>
internal sealed record LogFileOptions(string? Path, UnixFileMode Mode, int BufferSize, TimeSpan FlushInterval, long MaxPending)
{
    /// <summary>What messages call it.</summary>
    public string Name => Path ?? "standard output";
}
