using Microsoft.Win32.SafeHandles;

namespace Webserv.Abstractions.IO;

/// <summary>
/// Turns descriptors that can be waited for (pipes, sockets, pidfds) into streams that are read and written without
/// blocking a thread: by the server's event loops where it runs on them.
/// </summary>
public interface IPipeStreams
{
    /// <summary>
    /// A stream that reads a descriptor. Reading with an empty buffer waits until the descriptor is readable or at its end
    /// and takes nothing. One read at a time.
    /// </summary>
    /// <param name="handle">Owned and closed by the stream from now on; switched to non-blocking.</param>
    Stream OpenRead(SafeFileHandle handle);

    /// <summary>A stream that writes to a descriptor. A write throws <see cref="IOException"/> when the reader is gone. One write at a time.</summary>
    /// <param name="handle">Owned and closed by the stream from now on; switched to non-blocking.</param>
    Stream OpenWrite(SafeFileHandle handle);
}
