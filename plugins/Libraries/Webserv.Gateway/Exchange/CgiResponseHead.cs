using System.Buffers;
using System.Globalization;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Gateway.Exchange;

/// <summary>
/// The header block of a script's answer: that of a CGI response (RFC 3875 section 6.3), or that of a whole HTTP response, with
/// its status line (section 5). Lines end with LF or CRLF.
/// </summary>
internal sealed class CgiResponseHead
{
    private const int LongestExcerpt = 80;
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // The connection is the server's.
    private static readonly HashSet<string> OfConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        Fields.Connection, Fields.KeepAlive, Fields.TransferEncoding, Fields.TE, Fields.Trailer, "Proxy-Connection",
    };

    private readonly List<KeyValuePair<string, string>> _fields = [];
    private readonly bool _isHttp;
    private readonly List<string> _codings = [];
    private readonly HashSet<string> _ofHop = new(StringComparer.OrdinalIgnoreCase);

    private CgiResponseHead(bool isHttp) => _isHttp = isHttp;

    /// <summary>The status, where the script gave one.</summary>
    public int? Status { get; private set; }

    /// <summary>Where the script sends the client, or the server.</summary>
    public string? Location { get; private set; }

    /// <summary>The length of the body, where the script gave it.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>Whether the body comes in the chunked coding: in a whole HTTP response alone.</summary>
    public bool IsChunked { get; private set; }

    /// <summary>The fields to send, in the script's order, without those above except Location.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Lines => _fields;

    /// <summary>
    /// Whether the server is to answer with another path of its own (section 6.2.2): an absolute path without a status. With a
    /// fragment it is no such path: only the client can go there.
    /// </summary>
    public bool IsLocalRedirect =>
        Status is null && Location is ['/', ..] && !Location.StartsWith("//", StringComparison.Ordinal) && !Location.Contains('#', StringComparison.Ordinal);

    /// <summary>The status to send: the script's own, 302 with a location (section 6.2.3), else 200.</summary>
    public int EffectiveStatus => Status ?? (Location is null ? StatusCodes.Ok : StatusCodes.Found);

    /// <summary>Finds where the header block ends.</summary>
    /// <param name="data">What the script wrote so far.</param>
    /// <param name="lineStart">Where to look on: 0, then what the last call left there.</param>
    /// <returns>The length of the block with its empty line, or -1 where that has not come yet.</returns>
    public static int FindEnd(ReadOnlySpan<byte> data, ref int lineStart)
    {
        while (data[lineStart..].IndexOf((byte)'\n') is var length and >= 0)
        {
            var line = data.Slice(lineStart, length);
            lineStart += length + 1;
            if (line is [] or [(byte)'\r'])
            {
                return lineStart;
            }
        }

        return -1;
    }

    /// <summary>Reads the whole header block of a CGI response.</summary>
    /// <param name="block">As long as <see cref="FindEnd"/> said.</param>
    /// <exception cref="CgiResponseException">It is none.</exception>
    public static CgiResponseHead Parse(ReadOnlySpan<byte> block)
    {
        var head = new CgiResponseHead(isHttp: false);
        return head.AddLines(block) > 0 ? head : throw new CgiResponseException("the header block is empty");
    }

    /// <summary>Reads the whole head of an HTTP response, of version 1.0 or 1.1.</summary>
    /// <param name="block">As long as <see cref="FindEnd"/> said.</param>
    /// <exception cref="CgiResponseException">It is none.</exception>
    public static CgiResponseHead ParseHttp(ReadOnlySpan<byte> block)
    {
        var end = block.IndexOf((byte)'\n');
        var line = block[..end].TrimEnd((byte)'\r');
        if (line is not [(byte)'H', (byte)'T', (byte)'T', (byte)'P', (byte)'/', (byte)'1', (byte)'.', (byte)'0' or (byte)'1', (byte)' ', ..])
        {
            throw new CgiResponseException($"it does not begin with the status line of HTTP/1.0 or 1.1: {Excerpt(line)}");
        }

        var head = new CgiResponseHead(isHttp: true) { Status = ParseStatus("the status line", Encoding.Latin1.GetString(line[9..])) };
        head.AddLines(block[(end + 1)..]);
        head.EndHttp(isVersion10: line[7] == (byte)'0');
        return head;
    }

    private int AddLines(ReadOnlySpan<byte> block)
    {
        var lines = 0;
        foreach (var range in block.Split((byte)'\n'))
        {
            var line = block[range];
            if (line is [.., (byte)'\r'])
            {
                line = line[..^1];
            }

            if (line.IsEmpty)
            {
                break;
            }

            Add(line);
            lines++;
        }

        if (Status != StatusCodes.UpgradeRequired)
        {
            // RFC 9110 section 15.5.22: 426 says which protocols it takes. Elsewhere they are an offer for a connection that is the server's.
            _fields.RemoveAll(static field => IsUpgrade(field.Key));
        }

        return lines;
    }

    // RFC 9112 sections 6.1 and 6.3: the coding goes before the length, and HTTP/1.0 has none. RFC 9110 section 7.6.1: what
    // Connection names is for the next hop, which is the server.
    private void EndHttp(bool isVersion10)
    {
        if (_codings.Count > 0)
        {
            if (isVersion10 || _codings.Count > 1 || !_codings[0].Equals("chunked", StringComparison.OrdinalIgnoreCase))
            {
                throw new CgiResponseException($"it comes in a transfer coding that is none: {string.Join(", ", _codings)}");
            }

            IsChunked = true;
            ContentLength = null;
        }

        _fields.RemoveAll(field => _ofHop.Contains(field.Key) && !IsUpgrade(field.Key));
    }

    private void Add(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
        {
            throw new CgiResponseException($"a header line is not \"Name: value\": {Excerpt(line)}");
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (value.ContainsAnyInRange((byte)0, (byte)8) || value.ContainsAnyInRange((byte)10, (byte)31) || value.Contains((byte)127))
        {
            throw new CgiResponseException($"a header line holds a control character: {Excerpt(line)}");
        }

        Add(Encoding.ASCII.GetString(line[..colon]), Encoding.Latin1.GetString(value));
    }

    private void Add(string name, string value)
    {
        if (!_isHttp && name.Equals("Status", StringComparison.OrdinalIgnoreCase))
        {
            Status = Once(name, Status, ParseStatus(name, value));
        }
        else if (name.Equals(Fields.ContentLength, StringComparison.OrdinalIgnoreCase))
        {
            ContentLength = Once(
                name,
                ContentLength,
                long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                    ? length
                    : throw new CgiResponseException($"Content-Length is no number: {Excerpt(Encoding.Latin1.GetBytes(value))}"));
        }
        else if (name.Equals(Fields.Location, StringComparison.OrdinalIgnoreCase))
        {
            if (Location is not null && Location != value)
            {
                throw new CgiResponseException("Location is repeated");
            }

            if (Location is null && value.Length > 0)
            {
                Location = value;
                _fields.Add(new(name, value));
            }
        }
        else if (OfConnection.Contains(name))
        {
            AddOfConnection(name, value);
        }
        else if (_isHttp || !IsServers(name))
        {
            if (name.Equals(Fields.ContentType, StringComparison.OrdinalIgnoreCase)
                && _fields.Exists(static field => field.Key.Equals(Fields.ContentType, StringComparison.OrdinalIgnoreCase)))
            {
                throw new CgiResponseException("Content-Type is repeated");
            }

            _fields.Add(new(name, value));
        }
    }

    private void AddOfConnection(string name, string value)
    {
        if (!_isHttp)
        {
            return;
        }

        var list = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (name.Equals(Fields.TransferEncoding, StringComparison.OrdinalIgnoreCase))
        {
            _codings.AddRange(list);
        }
        else if (name.Equals(Fields.Connection, StringComparison.OrdinalIgnoreCase))
        {
            _ofHop.UnionWith(list);
        }
    }

    private static bool IsUpgrade(string name) => name.Equals(Fields.Upgrade, StringComparison.OrdinalIgnoreCase);

    // Date and Server are the server's, as nginx has it; what begins with X-CGI- is for it alone (section 6.3.5).
    private static bool IsServers(string name) =>
        name.Equals(Fields.Date, StringComparison.OrdinalIgnoreCase)
        || name.Equals(Fields.Server, StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("X-CGI-", StringComparison.OrdinalIgnoreCase);

    private static T Once<T>(string name, T? before, T value)
        where T : struct =>
        before is null || before.Value.Equals(value) ? value : throw new CgiResponseException($"{name} is repeated");

    // Section 6.3.3: three digits, a space, a reason.
    private static int ParseStatus(string name, string value) =>
        value.Length >= 3
        && (value.Length == 3 || value[3] is ' ' or '\t')
        && int.TryParse(value.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 200 and <= 599
            ? status
            : throw new CgiResponseException($"{name} is none between 200 and 599: {Excerpt(Encoding.Latin1.GetBytes(value))}");

    /// <summary>The beginning of what a script wrote, on one line, for the log.</summary>
    public static string Excerpt(ReadOnlySpan<byte> data)
    {
        var text = new StringBuilder(LongestExcerpt + 8).Append('"');
        foreach (var c in data[..Math.Min(data.Length, LongestExcerpt)])
        {
            _ = c is >= 32 and < 127 ? text.Append((char)c) : text.Append(c == '\n' ? "\\n" : c == '\r' ? "\\r" : $"\\x{c:x2}");
        }

        return text.Append(data.Length > LongestExcerpt ? "\"…" : "\"").ToString();
    }
}
