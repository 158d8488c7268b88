using System.Buffers;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>
/// Compresses one file once, for everybody who waits for it: each reads from the first chunk on, at a pace of its own. It ends
/// early when nobody is left. It touches nothing of any request.
/// </summary>
internal sealed class CompressionJob : IDisposable
{
    private const int ReadSize = 64 << 10;

    private readonly List<byte[]> _chunks = [];
    private readonly Lock _gate = new();
    private readonly CompressionMemory _memory;
    private readonly CancellationTokenSource _cancellation;
    private TaskCompletionSource _changed = NewSignal();
    private long _published;
    private int _readers;
    private bool _isOver;

    /// <summary>Makes one that nobody reads yet.</summary>
    /// <param name="memory">Where what it makes is accounted for.</param>
    /// <param name="stopping">Cancelled when everything ends.</param>
    public CompressionJob(CompressionMemory memory, CancellationToken stopping)
    {
        _memory = memory;
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>The whole result, once it is there; <see langword="null"/> before, and where it failed.</summary>
    public CodedContent? Content { get; private set; }

    /// <summary>Takes part in it; followed by one <see cref="Leave"/>.</summary>
    /// <returns><see langword="false"/> where it has failed, or is about to because nobody was left.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_isOver ? Content is null : _cancellation.IsCancellationRequested)
            {
                return false;
            }

            if (_readers++ == 0)
            {
                Content?.Enter();
            }

            return true;
        }
    }

    /// <summary>Has no need of the result any more.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_readers > 0)
            {
                return;
            }

            if (_isOver)
            {
                Content?.Leave();
            }
            else
            {
                _cancellation.Cancel();
            }
        }
    }

    /// <summary>Waits until there is more than a reader has.</summary>
    /// <param name="chunks">How often it has read.</param>
    /// <param name="position">How many bytes it has.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>A chunk, or all that is left where it is over; empty where nothing is, and where it failed.</returns>
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(int chunks, int position, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_isOver)
                {
                    return Content?.Bytes.AsMemory(position) ?? default;
                }

                if (chunks < _chunks.Count)
                {
                    return _chunks[chunks];
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Does the work, on a thread that it may hold.</summary>
    /// <param name="root">Where the file was found.</param>
    /// <param name="file">The file.</param>
    /// <param name="compressor">Into what.</param>
    /// <exception cref="OperationCanceledException">Nobody is left.</exception>
    /// <exception cref="IOException">The file changed, or could not be read.</exception>
    /// <exception cref="HttpException">It has changed already, or the file system could not answer.</exception>
    public void Run(IDocumentRoot root, IFileEntry file, Compressor compressor)
    {
        using var sink = new ChunkSink(Publish);
        byte[]? content = null;
        try
        {
            using var input = root.OpenRead(file);
            Copy(input, compressor, sink);
            content = sink.TakeRest();
        }
        finally
        {
            Finish(content);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _cancellation.Dispose();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Copy(Stream input, Compressor compressor, ChunkSink sink)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadSize);
        try
        {
            using var output = compressor.Compress(sink);
            for (int count; (count = input.Read(buffer)) > 0;)
            {
                _cancellation.Token.ThrowIfCancellationRequested();
                output.Write(buffer, 0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Publish(byte[] chunk)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _chunks.Add(chunk);
            _published += chunk.Length;
            _memory.Add(chunk.Length);
            (changed, _changed) = (_changed, NewSignal());
        }

        changed.SetResult();
    }

    // The last chunk and the end come together: what fits into one chunk is sent with its length. From then on there is one copy.
    private void Finish(byte[]? rest)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            if (rest is not null)
            {
                Content = new CodedContent(_chunks.Count == 0 ? rest : Join(rest), _memory);
                if (_readers > 0)
                {
                    Content.Enter();
                }
            }

            _memory.Add(-_published);
            _chunks.Clear();
            _isOver = true;
            changed = _changed;
        }

        changed.SetResult();
    }

    private byte[] Join(byte[] rest)
    {
        var content = new byte[_published + rest.Length];
        var position = 0;
        foreach (var chunk in _chunks)
        {
            chunk.CopyTo(content, position);
            position += chunk.Length;
        }

        rest.CopyTo(content, position);
        return content;
    }
}
