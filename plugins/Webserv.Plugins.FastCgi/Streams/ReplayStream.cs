namespace Webserv.Plugins.FastCgi.Streams;

/// <summary>What has been read of a stream, and then the rest of it.</summary>
internal sealed class ReplayStream(ReadOnlyMemory<byte> read, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _read = read;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_read.IsEmpty)
        {
            return rest.ReadAsync(buffer, cancellationToken);
        }

        var count = Math.Min(buffer.Length, _read.Length);
        _read[..count].CopyTo(buffer);
        _read = _read[count..];
        return new ValueTask<int>(count);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            rest.Dispose();
        }

        base.Dispose(disposing);
    }
}
