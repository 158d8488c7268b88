namespace Webserv.Host.Transport.Memory;

/// <summary>The client's end of a connection in memory. Disposing it closes the connection in order.</summary>
internal sealed class MemoryClient(MemoryLink link) : Stream
{
    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Ends the client's side (FIN); answers can still be read.</summary>
    public void ShutdownSend()
    {
        link.ToServer.End();
        link.Server!.TellEnded();
    }

    /// <summary>Breaks the connection (RST).</summary>
    public void Reset()
    {
        link.Break();
        link.Server!.TellReset();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var changed = link.ToClient.Changed;
            if (link.ToClient.IsBroken)
            {
                throw new IOException("the connection was reset");
            }

            var ended = link.ToClient.IsEnded;
            var count = link.ToClient.Read(buffer.Span);
            if (count > 0 || ended || (buffer.IsEmpty && link.ToClient.IsReadable))
            {
                return count;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            var changed = link.ToServer.Changed;
            if (link.ToServer.IsBroken || link.ToServer.IsEnded)
            {
                throw new IOException("the connection is closed");
            }

            var count = link.ToServer.Write(buffer.Span);
            buffer = buffer[count..];
            if (count == 0)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use ReadAsync.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Use WriteAsync.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !link.ClientIsGone)
        {
            link.ClientIsGone = true;
            ShutdownSend();
            link.ToClient.Wake();
        }

        base.Dispose(disposing);
    }
}
