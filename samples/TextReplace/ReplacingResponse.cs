using System.Buffers;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Samples.TextReplace;

/// <summary>
/// The response as those behind see it. Whether it is changed is decided once, when the first of the content comes: by then the fields
/// are there.
/// </summary>
internal sealed class ReplacingResponse : IHttpResponse
{
    private const int BufferSize = 16 << 10;

    private readonly IHttpResponse _inner;
    private readonly Replacements _replacements;
    private readonly AnswerRules _rules;
    private readonly OwnFiles _files;
    private readonly bool _isHead;
    private readonly Action<string> _logUnchanged;
    private bool _isDecided;
    private ReplacingWriter? _writer;

    public ReplacingResponse(
        IHttpResponse inner, Replacements replacements, AnswerRules rules, OwnFiles files, bool isHead, Action<string> logUnchanged)
    {
        (_inner, _replacements, _rules, _files, _isHead, _logUnchanged) = (inner, replacements, rules, files, isHead, logUnchanged);
        Body = new ReplacingBody(this);

        // Registered before all others and so run after them: what they set is seen, and what they set wrongly is taken away.
        inner.OnStarting(() =>
        {
            if (Decide() is not null)
            {
                AnswerRules.RemoveFields(_inner);
            }

            return Task.CompletedTask;
        });
    }

    public int StatusCode
    {
        get => _inner.StatusCode;
        set => _inner.StatusCode = value;
    }

    public IHeaderCollection Headers => _inner.Headers;

    public long? ContentLength
    {
        get => _inner.ContentLength;
        set
        {
            // The length of what those behind write is not that of what is sent.
            if (_writer is null)
            {
                _inner.ContentLength = value;
            }
        }
    }

    public Stream Body { get; }

    public bool HasStarted => _inner.HasStarted;

    public void OnStarting(Func<Task> callback) => _inner.OnStarting(callback);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellation)
    {
        if (Decide() is not { } writer)
        {
            return _inner.SendFileAsync(path, offset, count, cancellation);
        }

        var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0 });
        return SendAsync(writer, stream, offset, count ?? (stream.Length - offset), cancellation);
    }

    public Task SendFileAsync(IFileEntry file, long offset, long count, CancellationToken cancellation)
    {
        if (!_isDecided && WouldChange(out _))
        {
            if (_files.Open(file) is { } stream)
            {
                return SendAsync(Decide()!, stream, offset, count, cancellation);
            }

            Leave("the file does not lie below the root of the entry");
        }
        else if (Decide() is { } writer)
        {
            var stream = _files.Open(file) ?? throw new IOException($"{file.PhysicalPath} does not lie below the root of the entry, as what was sent before it does");
            return SendAsync(writer, stream, offset, count, cancellation);
        }

        return _inner.SendFileAsync(file, offset, count, cancellation);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        Decide() is { } writer ? writer.WriteAsync(bytes, isLast: false, cancellation) : _inner.Body.WriteAsync(bytes, cancellation);

    public Task FlushAsync(CancellationToken cancellation)
    {
        Decide();
        return _inner.Body.FlushAsync(cancellation);
    }

    /// <summary>Writes what may have been the beginning of something and is not.</summary>
    public ValueTask CompleteAsync(CancellationToken cancellation) =>
        _writer is null ? ValueTask.CompletedTask : _writer.WriteAsync(default, isLast: true, cancellation);

    private async Task SendAsync(ReplacingWriter writer, Stream stream, long offset, long count, CancellationToken cancellation)
    {
        await using (stream.ConfigureAwait(false))
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            if (_isHead)
            {
                return; // Its length is not known before all of it is replaced, and need not be said (RFC 9110 section 9.3.2).
            }

            var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
            try
            {
                for (var position = 0L; position < offset + count;)
                {
                    var wanted = position < offset ? offset - position : offset + count - position;
                    var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, wanted)), cancellation).ConfigureAwait(false);
                    if (read == 0)
                    {
                        throw new EndOfStreamException($"The file ends at {position} and not at {offset + count}.");
                    }

                    if (position >= offset)
                    {
                        await writer.WriteAsync(buffer.AsMemory(0, read), isLast: false, cancellation).ConfigureAwait(false);
                    }

                    position += read;
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    /// <returns>What the content goes through; null where it stays as it is.</returns>
    private ReplacingWriter? Decide()
    {
        if (_isDecided)
        {
            return _writer;
        }

        _isDecided = true;
        if (WouldChange(out var reason))
        {
            _writer = new ReplacingWriter(_replacements, _inner.Body);
            AnswerRules.RemoveFields(_inner);
        }
        else if (reason is not null)
        {
            _logUnchanged(reason);
        }

        return _writer;
    }

    private bool WouldChange(out string? reason)
    {
        reason = null;
        return !_inner.HasStarted && _rules.Allow(_inner, out reason);
    }

    private void Leave(string reason)
    {
        _isDecided = true;
        _logUnchanged(reason);
    }
}
