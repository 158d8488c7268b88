using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Transport.Epoll;

/// <summary>One direction of a descriptor, as a stream on a loop.</summary>
internal sealed class EpollPipeStream : Stream
{
    private readonly EpollPipe _pipe;
    private readonly bool _write;

    private EpollPipeStream(EpollPipe pipe, bool write)
    {
        _pipe = pipe;
        _write = write;
    }

    public override bool CanRead => !_write && !_pipe.IsClosed;

    public override bool CanWrite => _write && !_pipe.IsClosed;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Takes over a descriptor.</summary>
    /// <exception cref="IOException">It cannot be waited for, as regular files cannot; or the system has no memory left.</exception>
    public static EpollPipeStream Open(EpollLoop loop, SafeFileHandle handle, bool write) =>
        new(EpollPipe.Open(loop, handle, isRead: !write), write);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_write)
        {
            throw new NotSupportedException("The stream is for writing.");
        }

        return _pipe.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!_write)
        {
            throw new NotSupportedException("The stream is for reading.");
        }

        return _pipe.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : Task.CompletedTask;

    public override void Flush()
    {
    }

    // Blocking a thread until a loop has something for it is what these streams are there to avoid.
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _pipe.Close();
        }

        base.Dispose(disposing);
    }
}
