using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request's answer as a stream.</summary>
internal sealed class AnswerStream(PipeReader reader) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && reader.TryRead(out var result) && TryTake(result, buffer, out var count)
            ? new ValueTask<int>(count)
            : WaitAsync(buffer, cancellationToken);

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
            reader.Complete();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        int count;
        while (!TryTake(await reader.ReadAsync(cancellation).ConfigureAwait(false), buffer, out count))
        {
        }

        return count;
    }

    private bool TryTake(ReadResult result, Memory<byte> buffer, out int count)
    {
        var data = result.Buffer;
        count = (int)Math.Min(data.Length, buffer.Length);
        data = data.Slice(0, count);
        data.CopyTo(buffer.Span);
        reader.AdvanceTo(data.End);
        return count > 0 || result.IsCompleted || buffer.IsEmpty;
    }
}
