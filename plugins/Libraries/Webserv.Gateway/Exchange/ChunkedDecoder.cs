namespace Webserv.Gateway.Exchange;

/// <summary>Takes the chunked coding (RFC 9112 section 7.1) off a body that comes in pieces. Lines may end with LF alone, as everywhere in an answer.</summary>
internal sealed class ChunkedDecoder
{
    // What a line of a size with its extensions, or the trailer fields, may come to.
    private const int MostOverhead = 64 * 1024;

    private State _state = State.Size;
    private long _left;
    private int _digits;
    private int _overhead;
    private bool _lineIsEmpty = true;

    private enum State
    {
        Size,
        Extension,
        Data,
        EndOfData,
        EndOfDataLine,
        Trailer,
        Complete,
    }

    /// <summary>Whether the last chunk and the trailer fields were read.</summary>
    public bool IsComplete => _state == State.Complete;

    /// <summary>Decodes bytes in place.</summary>
    /// <param name="data">The bytes; those of the body are moved to their beginning.</param>
    /// <param name="read">How many bytes belong to the body and its coding; the rest is behind the end.</param>
    /// <returns>How many bytes of the body there are.</returns>
    /// <exception cref="CgiResponseException">They are not in the chunked coding.</exception>
    public int Decode(Span<byte> data, out int read)
    {
        var count = 0;
        for (read = 0; read < data.Length && _state != State.Complete;)
        {
            if (_state == State.Data)
            {
                var part = (int)Math.Min(_left, data.Length - read);
                data.Slice(read, part).CopyTo(data[count..]);
                count += part;
                read += part;
                _left -= part;
                if (_left == 0)
                {
                    _state = State.EndOfData;
                }
            }
            else
            {
                Step(data[read++]);
            }
        }

        return count;
    }

    private void Step(byte value)
    {
        if (_state is State.Extension or State.Trailer && ++_overhead > MostOverhead)
        {
            throw new CgiResponseException("chunk extensions or trailer fields of its body are too long");
        }

        switch (_state)
        {
            case State.Size when char.IsAsciiHexDigit((char)value) && ++_digits <= 15:
                _left = (_left << 4) | (uint)Convert.ToInt32(((char)value).ToString(), 16);
                break;
            case State.Size when _digits > 0 && value is (byte)';' or (byte)' ' or (byte)'\t' or (byte)'\r':
                _state = State.Extension;
                break;
            case State.Size or State.Extension when _digits > 0 && value == (byte)'\n':
                EndSize();
                break;
            case State.EndOfData when value == (byte)'\r':
                _state = State.EndOfDataLine;
                break;
            case State.EndOfData or State.EndOfDataLine when value == (byte)'\n':
                _state = State.Size;
                break;
            case State.Trailer when value == (byte)'\n':
                _state = _lineIsEmpty ? State.Complete : State.Trailer;
                _lineIsEmpty = true;
                break;
            case State.Trailer:
                _lineIsEmpty &= value == (byte)'\r';
                break;
            case State.Extension:
                break;
            default:
                throw new CgiResponseException("its body is not in the chunked coding that it announces");
        }
    }

    private void EndSize()
    {
        _state = _left == 0 ? State.Trailer : State.Data;
        _digits = 0;
        _overhead = 0;
        _lineIsEmpty = true;
    }
}
