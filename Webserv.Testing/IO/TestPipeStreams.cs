using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Testing.IO;

/// <summary>Streams over descriptors that wait on threads of the pool: right for tests, too dear for a server.</summary>
public sealed class TestPipeStreams : IPipeStreams
{
    /// <inheritdoc/>
    public Stream OpenRead(SafeFileHandle handle) => new FileStream(handle, FileAccess.Read, bufferSize: 0);

    /// <inheritdoc/>
    public Stream OpenWrite(SafeFileHandle handle) => new FileStream(handle, FileAccess.Write, bufferSize: 0);
}
