namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request's body as a stream that is written to; disposing ends the body.</summary>
internal sealed class BodyStream(FastCgiRequest request) : Stream
{
    private bool _ended;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask : request.SendBodyAsync(buffer, isLast: false, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (!_ended)
        {
            _ended = true;
            try
            {
                await request.SendBodyAsync(default, isLast: true, CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException)
            {
                // Whoever reads the answer learns that the connection is lost, or that there was one before the body ended.
            }
        }

        await base.DisposeAsync().ConfigureAwait(false);
    }
}
