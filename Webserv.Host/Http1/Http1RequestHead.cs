namespace Webserv.Host.Http1;

/// <summary>
/// A request head as the parser found it: positions in the bytes it was parsed from, and what framing and connection
/// handling need. Reused from request to request.
/// </summary>
internal sealed class Http1RequestHead
{
    private FieldLine[] _lines = new FieldLine[24];
    private int _singletons;

    /// <summary>The method; one of the known instances where it is a known method.</summary>
    public string Method { get; set; } = "";

    /// <summary>Where the request-target begins.</summary>
    public int TargetStart { get; set; }

    /// <summary>The length of the request-target.</summary>
    public int TargetLength { get; set; }

    /// <summary>Whether the version is HTTP/1.1; otherwise it is HTTP/1.0.</summary>
    public bool IsHttp11 { get; set; }

    /// <summary>The index of the Host field among <see cref="Lines"/>; -1 where there is none.</summary>
    public int HostLine { get; set; } = -1;

    /// <summary>The value of Content-Length; -1 where there is none.</summary>
    public long ContentLength { get; set; } = -1;

    /// <summary>Whether the body is chunked.</summary>
    public bool IsChunked { get; set; }

    /// <summary>What the Connection fields ask for.</summary>
    public ConnectionOptions Connection { get; set; }

    /// <summary>Whether the client waits for 100 (Continue).</summary>
    public bool ExpectsContinue { get; set; }

    /// <summary>The length of the head with its empty line, in bytes.</summary>
    public int Length { get; set; }

    /// <summary>The field lines, in order.</summary>
    public ReadOnlySpan<FieldLine> Lines => _lines.AsSpan(0, LineCount);

    /// <summary>The number of field lines.</summary>
    public int LineCount { get; private set; }

    /// <summary>Adds a field line.</summary>
    public void Add(FieldLine line)
    {
        if (LineCount == _lines.Length)
        {
            Array.Resize(ref _lines, _lines.Length * 2);
        }

        _lines[LineCount++] = line;
    }

    /// <summary>Notes a field that may come once.</summary>
    /// <param name="index">Its index in <see cref="SingletonFields"/>.</param>
    /// <returns>Whether it is the first of its name.</returns>
    public bool AddSingleton(int index)
    {
        var before = _singletons;
        _singletons |= 1 << index;
        return before != _singletons;
    }

    /// <summary>Makes it ready for another request.</summary>
    public void Reset()
    {
        Method = "";
        TargetStart = 0;
        TargetLength = 0;
        IsHttp11 = false;
        HostLine = -1;
        ContentLength = -1;
        IsChunked = false;
        Connection = ConnectionOptions.None;
        ExpectsContinue = false;
        Length = 0;
        LineCount = 0;
        _singletons = 0;
    }
}
