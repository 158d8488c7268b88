namespace Webserv.Plugins.Cgi.Tests.Fixtures;

/// <summary>Bytes that come in pieces, each after a hop to the thread pool, so that a reader has to wait for every one.</summary>
internal sealed class PieceStream(byte[] bytes, int size) : MemoryStream(bytes)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span[..Math.Min(size, buffer.Length)]);
    }
}
