using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Webserv.Plugins.FastCgi.Streams;

namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A request's answer as a stream.</summary>
internal sealed class AnswerStream(PipeReader reader) : ReadOnlyStream
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        !cancellationToken.IsCancellationRequested && reader.TryRead(out var result) && TryTake(result, buffer, out var count)
            ? new ValueTask<int>(count)
            : WaitAsync(buffer, cancellationToken);

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
