namespace Webserv.Host.Http1;

/// <summary>
/// The response body as middleware see it. Behind a gate one is made for every request that asks for it and dies with the
/// request; without one it is used again, as the response is.
/// </summary>
/// <param name="response">The response.</param>
/// <param name="gate">Shuts out calls that come when the request is over; <see langword="null"/> where a middleware promised that none come.</param>
internal sealed class ResponseBodyStream(Http1Response response, RequestGate? gate) : Stream
{
    private Http1Response? _response = response;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private Http1Response Response =>
        _response ?? throw new ObjectDisposedException(nameof(ResponseBodyStream), "The request is over.");

    /// <summary>Makes every later call throw, so that nobody writes to an answer that is over.</summary>
    public void End() => _response = null;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (gate is null)
        {
            return Response.WriteAsync(buffer);
        }

        using var pass = gate.Enter();
        return Response.WriteAsync(buffer);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (gate is null)
        {
            return Response.FlushAsync().AsTask();
        }

        using var pass = gate.Enter();
        return Response.FlushAsync().AsTask();
    }

    public override void Write(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Response bodies are written asynchronously.");

    /// <summary>Does nothing: writers of text flush synchronously when they are disposed, and what they wrote is sent when the request ends.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
