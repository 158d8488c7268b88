namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Cuts what a compressor puts out into chunks and hands them on as soon as they are full.</summary>
/// <param name="publish">Gets each chunk, which is its own from then on.</param>
internal sealed class ChunkSink(Action<byte[]> publish) : Stream
{
    private const int ChunkSize = 32 << 10;

    private byte[] _chunk = new byte[4096];
    private int _count;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is in no chunk yet.</summary>
    public byte[] TakeRest()
    {
        var rest = _chunk[.._count];
        _count = 0;
        return rest;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_count == _chunk.Length && _count < ChunkSize)
            {
                Array.Resize(ref _chunk, _count * 2);
            }

            var part = buffer[..Math.Min(buffer.Length, _chunk.Length - _count)];
            part.CopyTo(_chunk.AsSpan(_count));
            _count += part.Length;
            buffer = buffer[part.Length..];
            if (_count == ChunkSize)
            {
                publish(_chunk);
                _chunk = new byte[ChunkSize];
                _count = 0;
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Does nothing: chunks go out when they are full.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
