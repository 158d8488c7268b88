using System.Buffers;
using System.Text;

namespace Webserv.Plugins.DirectoryListing.Output;

/// <summary>Collects UTF-8 and hands it on in pieces, so that a body is never in memory as a whole. Dispose it.</summary>
/// <param name="body">Where it goes.</param>
internal sealed class BodyBuffer(Stream body) : IBufferWriter<byte>, IDisposable
{
    private const int Size = 16 << 10;

    // The server sends what is more than its own buffer; a piece is a little less than that.
    private const int Piece = 12 << 10;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Size);
    private int _count;

    public void Write(ReadOnlySpan<char> text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        _count += Encoding.UTF8.GetBytes(text, GetSpan(most));
    }

    /// <summary>Call it between the parts of the body: sends what was collected once it is enough.</summary>
    public ValueTask SendIfFullAsync(CancellationToken cancellation) => _count < Piece ? ValueTask.CompletedTask : SendAsync(cancellation);

    /// <summary>Sends what was collected.</summary>
    public async ValueTask SendAsync(CancellationToken cancellation)
    {
        await body.WriteAsync(_buffer.AsMemory(0, _count), cancellation).ConfigureAwait(false);
        _count = 0;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _count += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _count = 0;
    }

    private void MakeRoom(int size)
    {
        if (_buffer.Length - _count >= size)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_count + size), 2 * _buffer.Length));
        _buffer.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
