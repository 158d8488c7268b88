using Webserv.Abstractions.Http;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// The body of an answer as it comes: what of it is the client's, and whether it is as long as the header block said. The
/// framing on the wire is the server's.
/// </summary>
internal sealed class AnswerBody
{
    private readonly Kind _kind;
    private readonly long? _length;
    private readonly ChunkedDecoder? _chunks;
    private long _taken;

    private AnswerBody(Kind kind, long? length, ChunkedDecoder? chunks) => (_kind, _length, _chunks) = (kind, length, chunks);

    private enum Kind
    {
        /// <summary>It is sent.</summary>
        Sent,

        /// <summary>It is what a GET would get: handed on to be counted and thrown away, however long it is.</summary>
        OfHead,

        /// <summary>There is none: what comes all the same is thrown away.</summary>
        None,
    }

    /// <summary>A body that is not wanted.</summary>
    public static AnswerBody Unwanted() => new(Kind.None, null, null);

    /// <summary>The body behind a header block.</summary>
    /// <param name="head">The header block.</param>
    /// <param name="isHead">Whether it answers a HEAD.</param>
    public static AnswerBody For(CgiResponseHead head, bool isHead)
    {
        var kind = head.EffectiveStatus is StatusCodes.NoContent or StatusCodes.ResetContent or StatusCodes.NotModified ? Kind.None
            : isHead ? Kind.OfHead
            : Kind.Sent;
        return new AnswerBody(
            kind,
            kind == Kind.Sent ? head.ContentLength : null,
            kind != Kind.None && head.IsChunked ? new ChunkedDecoder() : null);
    }

    /// <summary>Whether there is one at all, if only for its length.</summary>
    public bool IsWanted => _kind != Kind.None;

    /// <summary>Whether nothing but the end of the output says where it ends.</summary>
    public bool EndsWithOutput => _kind == Kind.Sent && _chunks is null && _length is null;

    /// <summary>How many bytes came behind the end of the body.</summary>
    public long Excess { get; private set; }

    /// <summary>What is wrong when the answer ends here; <see langword="null"/> where nothing is.</summary>
    public string? Shortfall =>
        _kind != Kind.Sent ? null
        : _chunks is { IsComplete: false } ? "its chunked body ended before the last chunk"
        : _taken < _length ? $"its body ended after {_taken} of {_length} bytes"
        : null;

    /// <summary>Takes what has come.</summary>
    /// <param name="data">The bytes; the client's are moved to their beginning.</param>
    /// <returns>How many are the client's.</returns>
    /// <exception cref="CgiResponseException">They are not in the chunked coding.</exception>
    public int Take(Span<byte> data)
    {
        var count = data.Length;
        if (_kind == Kind.None)
        {
            Excess += count;
            return 0;
        }

        if (_chunks is not null)
        {
            count = _chunks.Decode(data, out var read);
            Excess += data.Length - read;
        }
        else if (_length is { } length && length - _taken < count)
        {
            count = (int)(length - _taken);
            Excess += data.Length - count;
        }

        _taken += count;
        return count;
    }
}
