namespace Webserv.Host.Http1;

/// <summary>
/// Removes the chunked coding (RFC 9112 section 7.1). Resumable at every byte. Extensions are checked, bounded (each chunk's,
/// and all of them in relation to the data) and dropped; trailer fields are checked, bounded and kept.
/// </summary>
internal struct ChunkedDecoder
{
    private const int MaxExtensionSize = 4096;
    private const int MaxSizeDigits = 16;

    // Extensions may cost so many octets beyond what the data pays for: a body of tiny chunks with long extensions is an attack.
    private const int MaxExcess = 16 * 1024;
    private const int FreePerChunk = 16;

    private State _state;
    private long _remaining;
    private int _count;
    private long _excess;

    private enum State : byte
    {
        SizeFirst,
        Size,
        ExtensionGap,
        ExtensionNameFirst,
        ExtensionName,
        ExtensionNameGap,
        ExtensionValueFirst,
        ExtensionToken,
        ExtensionQuoted,
        ExtensionEscape,
        ExtensionQuoteEnd,
        SizeLineFeed,
        Data,
        DataCarriageReturn,
        DataLineFeed,
        TrailerStart,
        TrailerLine,
        TrailerLineFeed,
        EndLineFeed,
        End,
        Malformed,
    }

    /// <summary>Why the bytes were rejected.</summary>
    public RequestRejection Rejection { get; private set; }

    /// <summary>The trailer fields, complete at the end of the body; <see langword="null"/> where none came.</summary>
    public RequestTrailers? Trailers { get; private set; }

    /// <summary>How many bytes of data must come next before any framing: they may be received past the decoder, see <see cref="SkipData"/>.</summary>
    public readonly long DataExpected => _state == State.Data ? _remaining : 0;

    /// <summary>Whether the end of the body was reached.</summary>
    public readonly bool IsComplete => _state == State.End;

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
        if (_state == State.Malformed)
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
                // For good: nobody may take what follows for the rest of the body, or the body for complete.
                _state = State.Malformed;
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
                if (octet is (byte)'\r' or (byte)';' or (byte)' ' or (byte)'\t')
                {
                    // White space is legal only before an extension (BWS), which must follow then.
                    _count = 0;
                    _state = octet == '\r' ? State.SizeLineFeed : octet == ';' ? State.ExtensionNameFirst : State.ExtensionGap;
                    return RequestRejection.None;
                }

                return AddDigit(octet);
            case State.SizeLineFeed:
                _state = _remaining > 0 ? State.Data : State.TrailerStart;
                return octet == '\n' ? SettleExtensions() : RequestRejection.ChunkMalformed;
            case State.DataCarriageReturn:
                _state = State.DataLineFeed;
                return Expect(octet, '\r');
            case State.DataLineFeed:
                _state = State.SizeFirst;
                return Expect(octet, '\n');
            case State.TrailerStart:
                if (octet == '\r')
                {
                    _state = State.EndLineFeed;
                    return RequestRejection.None;
                }

                _state = State.TrailerLine;
                return (Trailers ??= new RequestTrailers()).Add(octet);
            case State.TrailerLine:
                if (octet == '\r')
                {
                    _state = State.TrailerLineFeed;
                    return RequestRejection.None;
                }

                return Trailers!.Add(octet);
            case State.TrailerLineFeed:
                _state = State.TrailerStart;
                return octet == '\n' ? Trailers!.EndLine() : RequestRejection.ChunkMalformed;
            case State.EndLineFeed:
                _state = State.End;
                return Expect(octet, '\n');
            default:
                _state = StepExtension(_state, octet);
                return _state == State.Malformed ? RequestRejection.ChunkMalformed
                    : ++_count > MaxExtensionSize + 1 ? RequestRejection.ChunkExtensionTooLong
                    : RequestRejection.None;
        }
    }

    /// <summary>chunk-ext = *( BWS ";" BWS token [ BWS "=" BWS ( token / quoted-string ) ] ) (RFC 9112 section 7.1.1).</summary>
    /// <returns>The state that follows; <see cref="State.Malformed"/> where the octet must not stand there.</returns>
    private static State StepExtension(State state, byte octet)
    {
        var isSpace = octet is (byte)' ' or (byte)'\t';
        return state switch
        {
            State.ExtensionGap => isSpace ? state : octet == ';' ? State.ExtensionNameFirst : State.Malformed,
            State.ExtensionNameFirst => isSpace ? state : Octets.Token.Contains(octet) ? State.ExtensionName : State.Malformed,
            State.ExtensionName when Octets.Token.Contains(octet) => state,
            State.ExtensionName or State.ExtensionNameGap when isSpace => State.ExtensionNameGap,
            State.ExtensionName or State.ExtensionNameGap when octet == '=' => State.ExtensionValueFirst,
            State.ExtensionNameGap => octet == ';' ? State.ExtensionNameFirst : State.Malformed,
            State.ExtensionValueFirst => isSpace ? state : octet == '"' ? State.ExtensionQuoted : Octets.Token.Contains(octet) ? State.ExtensionToken : State.Malformed,
            State.ExtensionToken when Octets.Token.Contains(octet) => state,
            State.ExtensionQuoted when octet == '"' => State.ExtensionQuoteEnd,
            State.ExtensionQuoted or State.ExtensionEscape when Octets.ForbiddenInValue.Contains(octet) => State.Malformed,
            State.ExtensionQuoted => octet == '\\' ? State.ExtensionEscape : state,
            State.ExtensionEscape => State.ExtensionQuoted,

            // An extension is complete: behind a name, a token or a quoted string.
            _ => isSpace ? State.ExtensionGap : octet == ';' ? State.ExtensionNameFirst : octet == '\r' ? State.SizeLineFeed : State.Malformed,
        };
    }

    private RequestRejection SettleExtensions()
    {
        _excess += _count;
        _excess -= Math.Min(_excess, FreePerChunk + (2 * Math.Min(_remaining, int.MaxValue)));
        _count = 0;
        return _excess > MaxExcess ? RequestRejection.ChunkExtensionTooLong : RequestRejection.None;
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

    private static RequestRejection Expect(byte octet, char expected) =>
        octet == expected ? RequestRejection.None : RequestRejection.ChunkMalformed;
}
