namespace Webserv.Host.Http1;

/// <summary>The request body as middleware see it. One is made for every request that asks for it and dies with the request.</summary>
/// <param name="body">The body.</param>
/// <param name="gate">Shuts out calls that come when the request is over; <see langword="null"/> where a middleware promised that none come.</param>
internal sealed class RequestBodyStream(Http1RequestBody body, RequestGate? gate) : Stream
{
    private Http1RequestBody? _body = body;

    private Http1RequestBody Body => _body ?? throw new ObjectDisposedException(nameof(RequestBodyStream), "The request is over.");

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Makes every later call throw, so that nobody reads from a request that is over.</summary>
    public void End() => _body = null;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (gate is null)
        {
            return Body.ReadAsync(buffer, cancellationToken);
        }

        using var pass = gate.Enter();
        return Body.ReadAsync(buffer, cancellationToken);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Request bodies are read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
