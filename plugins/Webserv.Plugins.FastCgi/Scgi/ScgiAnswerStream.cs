using Webserv.Gateway.Exchange;

namespace Webserv.Plugins.FastCgi.Scgi;

/// <summary>A program's answer, to the end of the connection.</summary>
internal sealed class ScgiAnswerStream(Stream input) : Stream
{
    private readonly TaskCompletionSource _ended = new();

    /// <summary>Ends when the program has closed the connection, or nobody reads it any more. Never fails.</summary>
    public Task Ended => _ended.Task;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            if (count == 0 && !buffer.IsEmpty)
            {
                _ended.TrySetResult();
            }

            return count;
        }
        catch (IOException exception)
        {
            _ended.TrySetResult();
            throw new CgiResponseException($"the connection broke: {exception.Message}");
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
            _ended.TrySetResult();
        }

        base.Dispose(disposing);
    }
}
