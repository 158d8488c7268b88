using Microsoft.Win32.SafeHandles;

namespace Webserv.Host.Files;

/// <summary>Reads a file from its descriptor and makes sure at the end that it was this version of it throughout.</summary>
/// <param name="file">The file as it was found.</param>
/// <param name="handle">What it lent, given back when the stream is disposed.</param>
internal sealed class CachedFileStream(CachedFile file, SafeFileHandle handle) : Stream
{
    private SafeFileHandle? _handle = handle;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_handle is null, this);
        var left = file.Length - _position;
        if (left == 0 || buffer.IsEmpty)
        {
            return 0;
        }

        // With explicit offsets: others use the descriptor too.
        var count = RandomAccess.Read(_handle, buffer.Length > left ? buffer[..(int)left] : buffer, _position);
        _position += count;
        if (count == 0 || (count == left && !file.IsUnchanged(_handle)))
        {
            throw new IOException($"{file.PhysicalPath} changed while it was read.");
        }

        return count;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Read(buffer.AsSpan(offset, count));
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _handle, null) is { } lent)
        {
            file.Return(lent);
        }

        base.Dispose(disposing);
    }
}
