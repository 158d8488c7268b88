using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Host.Transport.Sockets;

/// <summary>
/// Pipes where there is no event loop for them. A read or write that waits takes a thread of the thread pool for as long,
/// and cancelling ends the wait of the caller, not the thread's.
/// </summary>
internal sealed class PortablePipeStreams : IPipeStreams
{
    public Stream OpenRead(SafeFileHandle handle) =>
        new PortablePipeStream(new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: false));

    public Stream OpenWrite(SafeFileHandle handle) =>
        new PortablePipeStream(new FileStream(handle, FileAccess.Write, bufferSize: 0, isAsync: false));
}
