namespace Webserv.Host.Transport.Sockets;

/// <summary>
/// A pipe over a blocking file stream. Every read goes through a small buffer of its own, so that an empty read can wait for
/// data, and so that a read that was given up leaves what it brings for the next one.
/// </summary>
internal sealed class PortablePipeStream(FileStream pipe) : Stream
{
    private readonly byte[] _ahead = pipe.CanRead ? new byte[16 * 1024] : [];
    private Task<int>? _reading;
    private int _start;
    private int _end;

    public override bool CanRead => pipe.CanRead;

    public override bool CanWrite => pipe.CanWrite;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end)
        {
            _reading ??= pipe.ReadAsync(_ahead, CancellationToken.None).AsTask();
            var count = await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (count == 0)
            {
                // Stays: the end is the end.
                return 0;
            }

            _reading = null;
            _start = 0;
            _end = count;
        }

        var taken = Math.Min(buffer.Length, _end - _start);
        _ahead.AsMemory(_start, taken).CopyTo(buffer);
        _start += taken;
        return taken;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        pipe.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        pipe.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Flush() => pipe.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            pipe.Dispose();
        }

        base.Dispose(disposing);
    }
}
