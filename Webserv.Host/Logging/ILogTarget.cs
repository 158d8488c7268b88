namespace Webserv.Host.Logging;

/// <summary>Where a log is written to. Tests put a disk that is full or slow in its place.</summary>
internal interface ILogTarget : IDisposable
{
    /// <summary>Writes behind what is there. May block: never called on an event loop.</summary>
    /// <returns>How many bytes were written, at least one.</returns>
    /// <exception cref="IOException">None could be.</exception>
    int Write(ReadOnlySpan<byte> bytes);
}
