using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>Streams over descriptors with the server's semantics: no thread waits, and waiting can be cancelled.</summary>
internal sealed class PollStreams : IPipeStreams
{
    public Stream OpenRead(SafeFileHandle handle) => new PollStream(handle, canWrite: false);

    public Stream OpenWrite(SafeFileHandle handle) => new PollStream(handle, canWrite: true);
}
