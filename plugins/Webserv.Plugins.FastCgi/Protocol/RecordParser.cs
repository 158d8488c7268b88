namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Takes a stream of records apart, however it is cut into pieces. It keeps nothing but a header that has not come whole.</summary>
internal sealed class RecordParser
{
    private readonly byte[] _header = new byte[RecordHeader.Size];
    private int _headerLength;
    private RecordHeader _record;
    private int _contentLeft;
    private int _paddingLeft;
    private bool _inRecord;

    /// <summary>Whether a record has begun and not ended.</summary>
    public bool IsInside => _inRecord || _headerLength > 0;

    /// <summary>Reads on: a piece of a record's content, as much of it as is there.</summary>
    /// <param name="data">What arrived; what was read is taken away.</param>
    /// <param name="record">The header of the record that the piece belongs to.</param>
    /// <param name="content">The piece; empty for a record without content.</param>
    /// <param name="isLast">Whether it is the record's last one.</param>
    /// <returns>Whether there was a piece. If not, <paramref name="data"/> is used up.</returns>
    /// <exception cref="FastCgiProtocolException">It is no record.</exception>
    public bool TryRead(ref ReadOnlySpan<byte> data, out RecordHeader record, out ReadOnlySpan<byte> content, out bool isLast)
    {
        record = default;
        content = default;
        isLast = false;
        if (_paddingLeft > 0)
        {
            Skip(ref data);
        }

        if (_paddingLeft > 0 || !_inRecord && !TryBegin(ref data))
        {
            return false;
        }

        if (_contentLeft > 0 && data.IsEmpty)
        {
            return false;
        }

        var length = Math.Min(_contentLeft, data.Length);
        content = data[..length];
        data = data[length..];
        _contentLeft -= length;
        record = _record;
        isLast = _contentLeft == 0;
        if (isLast)
        {
            _inRecord = false;
            _paddingLeft = _record.PaddingLength;
            Skip(ref data);
        }

        return true;
    }

    private bool TryBegin(ref ReadOnlySpan<byte> data)
    {
        if (_headerLength == 0 && data.Length >= RecordHeader.Size)
        {
            _record = RecordHeader.Read(data);
            data = data[RecordHeader.Size..];
        }
        else
        {
            var length = Math.Min(RecordHeader.Size - _headerLength, data.Length);
            data[..length].CopyTo(_header.AsSpan(_headerLength));
            data = data[length..];
            _headerLength += length;
            if (_headerLength < RecordHeader.Size)
            {
                return false;
            }

            _record = RecordHeader.Read(_header);
            _headerLength = 0;
        }

        _contentLeft = _record.ContentLength;
        _inRecord = true;
        return true;
    }

    private void Skip(ref ReadOnlySpan<byte> data)
    {
        var length = Math.Min(_paddingLeft, data.Length);
        data = data[length..];
        _paddingLeft -= length;
    }
}
