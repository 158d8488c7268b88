namespace Webserv.Host.Http1;

/// <summary>
/// Removes the chunked coding (RFC 9112 section 7.1). Resumable at every byte. Extensions and trailer fields are bounded,
/// checked for line ends and dropped.
/// </summary>
internal struct ChunkedDecoder
{
    private const int MaxExtensionSize = 4096;
    private const int MaxTrailerSize = 8192;
    private const int MaxSizeDigits = 16;

    private State _state;
    private long _remaining;
    private int _count;
    private bool _extensionSeen;

    private enum State : byte
    {
        SizeFirst,
        Size,
        Extension,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailerStart,
        TrailerLine,
        TrailerLineFeed,
        EndLineFeed,
        End,
    }

    /// <summary>Why the bytes were rejected.</summary>
    public RequestRejection Rejection { get; private set; }

    /// <summary>How many bytes of data must come next before any framing: they may be received past the decoder, see <see cref="SkipData"/>.</summary>
    public readonly long DataExpected => _state == State.Data ? _remaining : 0;

    /// <summary>Whether the end of the body was reached.</summary>
    public readonly bool IsComplete => _state == State.End && Rejection == RequestRejection.None;

    /// <summary>Tells that data was taken past the decoder.</summary>
    /// <param name="count">1 to <see cref="DataExpected"/>.</param>
    public void SkipData(int count)
    {
        _remaining -= count;
        if (_remaining == 0)
        {
            _state = State.DataCarriageReturn;
        }
    }

    /// <summary>Decodes until the source or the room is used up or the body ends.</summary>
    /// <param name="source">Coded bytes.</param>
    /// <param name="destination">Room for data.</param>
    /// <param name="consumed">How many bytes of the source were used.</param>
    /// <param name="written">How many bytes of data were written.</param>
    public ParseStatus Decode(ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;
        if (Rejection != RequestRejection.None)
        {
            // Nobody can tell what the bytes behind it are.
            return ParseStatus.Rejected;
        }

        while (_state != State.End)
        {
            if (consumed == source.Length)
            {
                return ParseStatus.NeedMore;
            }

            if (_state == State.Data)
            {
                var count = (int)Math.Min(_remaining, Math.Min(source.Length - consumed, destination.Length - written));
                if (count == 0)
                {
                    return ParseStatus.NeedMore;
                }

                source.Slice(consumed, count).CopyTo(destination[written..]);
                consumed += count;
                written += count;
                SkipData(count);
                continue;
            }

            Rejection = Step(source[consumed++]);
            if (Rejection != RequestRejection.None)
            {
                return ParseStatus.Rejected;
            }
        }

        return ParseStatus.Complete;
    }

    private RequestRejection Step(byte octet)
    {
        switch (_state)
        {
            case State.SizeFirst:
                _remaining = 0;
                _count = 0;
                _state = State.Size;
                return AddDigit(octet);
            case State.Size:
                if (octet == '\r')
                {
                    _state = State.SizeLineFeed;
                    return RequestRejection.None;
                }

                if (octet is (byte)';' or (byte)' ' or (byte)'\t')
                {
                    // White space is legal only before an extension (BWS); that one follows is checked there.
                    _count = 0;
                    _extensionSeen = octet == ';';
                    _state = State.Extension;
                    return RequestRejection.None;
                }

                return AddDigit(octet);
            case State.Extension:
                return StepExtension(octet);
            case State.SizeLineFeed:
                _state = _remaining > 0 ? State.Data : State.TrailerStart;
                _count = 0;
                return Expect(octet, '\n');
            case State.DataCarriageReturn:
                _state = State.DataLineFeed;
                return Expect(octet, '\r');
            case State.DataLineFeed:
                _state = State.SizeFirst;
                return Expect(octet, '\n');
            case State.TrailerStart:
                _state = octet == '\r' ? State.EndLineFeed : State.TrailerLine;
                return octet is (byte)'\r' ? RequestRejection.None
                    : Octets.Token.Contains(octet) ? Count(MaxTrailerSize, RequestRejection.TrailerTooLarge)
                    : RequestRejection.ChunkMalformed;
            case State.TrailerLine:
                if (octet == '\r')
                {
                    _state = State.TrailerLineFeed;
                    return RequestRejection.None;
                }

                return Octets.ForbiddenInValue.Contains(octet) ? RequestRejection.ChunkMalformed
                    : Count(MaxTrailerSize, RequestRejection.TrailerTooLarge);
            case State.TrailerLineFeed:
                _state = State.TrailerStart;
                return Expect(octet, '\n');
            default:
                _state = State.End;
                return Expect(octet, '\n');
        }
    }

    private RequestRejection StepExtension(byte octet)
    {
        if (octet == '\r')
        {
            _state = State.SizeLineFeed;
            return _extensionSeen ? RequestRejection.None : RequestRejection.ChunkMalformed;
        }

        if (!_extensionSeen && octet is not ((byte)';' or (byte)' ' or (byte)'\t'))
        {
            return RequestRejection.ChunkMalformed;
        }

        _extensionSeen |= octet == ';';
        return Octets.ForbiddenInValue.Contains(octet)
            ? RequestRejection.ChunkMalformed
            : Count(MaxExtensionSize, RequestRejection.ChunkExtensionTooLong);
    }

    private RequestRejection AddDigit(byte octet)
    {
        var digit = octet switch
        {
            >= (byte)'0' and <= (byte)'9' => octet - '0',
            >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
            >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
            _ => -1,
        };
        if (digit < 0 || ++_count > MaxSizeDigits || _remaining > long.MaxValue >> 4)
        {
            return RequestRejection.ChunkMalformed;
        }

        _remaining = (_remaining << 4) | (uint)digit;
        return RequestRejection.None;
    }

    private RequestRejection Count(int limit, RequestRejection rejection) =>
        ++_count > limit ? rejection : RequestRejection.None;

    private static RequestRejection Expect(byte octet, char expected) =>
        octet == expected ? RequestRejection.None : RequestRejection.ChunkMalformed;
}
