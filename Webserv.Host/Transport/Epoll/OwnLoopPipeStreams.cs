using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.IO;

namespace Webserv.Host.Transport.Epoll;

/// <summary>Pipes for transports without event loops, on Linux: on a loop of their own, started with the first pipe.</summary>
internal sealed class OwnLoopPipeStreams(ILogger logger) : IPipeStreams, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private EpollLoop? _loop;
    private bool _disposed;

    public Stream OpenRead(SafeFileHandle handle) => EpollPipeStream.Open(Loop(), handle, write: false);

    public Stream OpenWrite(SafeFileHandle handle) => EpollPipeStream.Open(Loop(), handle, write: true);

    public async ValueTask DisposeAsync()
    {
        EpollLoop? loop;
        lock (_lock)
        {
            _disposed = true;
            loop = _loop;
            _loop = null;
        }

        if (loop is not null)
        {
            await loop.StopAsync().ConfigureAwait(false);
        }
    }

    private EpollLoop Loop()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _loop ??= EpollLoop.Start(-1, logger);
        }
    }
}
