using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Host.Transport.Epoll;

/// <summary>Pipes on the event loops.</summary>
internal sealed class EpollPipeStreams(EpollTransport transport) : IPipeStreams
{
    public Stream OpenRead(SafeFileHandle handle) => EpollPipeStream.Open(transport.ChooseLoop(), handle, write: false);

    public Stream OpenWrite(SafeFileHandle handle) => EpollPipeStream.Open(transport.ChooseLoop(), handle, write: true);
}
