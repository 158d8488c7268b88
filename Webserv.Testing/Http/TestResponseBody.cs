namespace Webserv.Testing.Http;

/// <summary>Collects a body; starts the response with a flush or when more is written than a server buffers.</summary>
internal sealed class TestResponseBody(TestHttpResponse response) : Stream
{
    private const int BufferSize = 16 << 10;

    private readonly MemoryStream _bytes = new();

    public long Written => _bytes.Length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public byte[] ToArray() => _bytes.ToArray();

    public void Clear() => _bytes.SetLength(0);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        response.ThrowIfTooMuch(Written + buffer.Length);
        if (response.Fault is { } fault && fault.IsReached(Written + buffer.Length))
        {
            _bytes.Write(buffer.Span[..(int)(fault.ResponseBytes!.Value - Written)]);
            await response.StartAsync().ConfigureAwait(false);
            throw fault.Break("The connection is broken.");
        }

        _bytes.Write(buffer.Span);
        if (Written > BufferSize)
        {
            await response.StartAsync().ConfigureAwait(false);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        cancellationToken.IsCancellationRequested ? Task.FromCanceled(cancellationToken) : response.StartAsync();

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Response bodies are written asynchronously.");

    /// <summary>Does nothing, as the server's: writers of text flush synchronously when they are disposed.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
