namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>One request's part in a compression, to be disposed when it has what it needs.</summary>
internal sealed class CompressionReader : IDisposable
{
    private readonly CompressionJob? _job;
    private readonly CodedContent? _content;
    private int _chunks;
    private int _position;
    private bool _isDisposed;

    /// <summary>Reads from a compression that was entered.</summary>
    public CompressionReader(CompressionJob job) => _job = job;

    /// <summary>Reads what is there already.</summary>
    public CompressionReader(CodedContent content)
    {
        content.Enter();
        _content = content;
    }

    /// <summary>The whole result, once it is there; <see langword="null"/> before, and where it failed.</summary>
    public CodedContent? Content => _content ?? _job!.Content;

    /// <summary>Waits for what comes next.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>It; empty at the end, which is that of a failure where there is no <see cref="Content"/>.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation)
    {
        var next = _job is null ? _content!.Bytes.AsMemory(_position) : await _job.ReadAsync(_chunks, _position, cancellation).ConfigureAwait(false);
        _chunks++;
        _position += next.Length;
        return next;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _content?.Leave();
            _job?.Leave();
        }
    }
}
