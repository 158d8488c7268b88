namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>Collects what the program says about itself: records of request 0 (FastCGI 1.0 section 4).</summary>
internal sealed class ManagementRecord
{
    private byte[] _content = [];
    private int _length;

    /// <summary>Takes a piece of a record.</summary>
    /// <returns>What the program can do, when that is what it says and all of it is there.</returns>
    /// <exception cref="FastCgiProtocolException">It is none that a program sends.</exception>
    public IReadOnlyList<KeyValuePair<string, string>>? Take(RecordHeader record, ReadOnlySpan<byte> content, bool isLast)
    {
        switch (record.Type)
        {
            case RecordType.UnknownType:
                return null;
            case RecordType.GetValuesResult:
                break;
            default:
                throw new FastCgiProtocolException($"a record of type {(byte)record.Type} that belongs to no request");
        }

        if (_content.Length < record.ContentLength)
        {
            _content = new byte[record.ContentLength];
        }

        content.CopyTo(_content.AsSpan(_length));
        _length += content.Length;
        if (!isLast)
        {
            return null;
        }

        var values = NameValuePairs.Read(_content.AsSpan(0, _length));
        (_content, _length) = ([], 0);
        return values;
    }
}
