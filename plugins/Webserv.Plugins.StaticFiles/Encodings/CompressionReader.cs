namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>One request's part in a compression, to be disposed when it has what it needs.</summary>
internal sealed class CompressionReader : IDisposable
{
    private readonly CompressionJob? _job;
    private readonly byte[]? _content;
    private int _next;

    /// <summary>Reads from a compression that was entered.</summary>
    public CompressionReader(CompressionJob job) => _job = job;

    /// <summary>Reads what is there already.</summary>
    public CompressionReader(byte[] content) => _content = content;

    /// <summary>The whole result, once it is there; <see langword="null"/> before, and where it failed.</summary>
    public byte[]? Content => _content ?? _job!.Content;

    /// <summary>Waits for the next chunk.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>It; <see langword="null"/> at the end, which is that of a failure where there is no <see cref="Content"/>.</returns>
    public ValueTask<byte[]?> ReadAsync(CancellationToken cancellation) =>
        _job is null ? new ValueTask<byte[]?>(_next++ == 0 ? _content : null) : _job.GetChunkAsync(_next++, cancellation);

    /// <inheritdoc />
    public void Dispose() => _job?.Leave();
}
