using System.Buffers;
using System.Globalization;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Gateway.Exchange;

/// <summary>The header block of a script's answer (RFC 3875 section 6.3). Lines end with LF or CRLF.</summary>
internal sealed class CgiResponseHead
{
    private const int LongestExcerpt = 80;
    private static readonly SearchValues<byte> TokenBytes =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    // The connection is the server's, and so are Date and Server, as nginx has it.
    private static readonly HashSet<string> Dropped = new(StringComparer.OrdinalIgnoreCase)
    {
        Fields.Connection, Fields.KeepAlive, Fields.TransferEncoding, Fields.TE, Fields.Trailer, Fields.Upgrade,
        "Proxy-Connection", Fields.Date, Fields.Server,
    };

    private readonly List<KeyValuePair<string, string>> _fields = [];

    private CgiResponseHead()
    {
    }

    /// <summary>The status, where the script gave one.</summary>
    public int? Status { get; private set; }

    /// <summary>Where the script sends the client, or the server.</summary>
    public string? Location { get; private set; }

    /// <summary>The length of the body, where the script gave it.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>The fields to send, in the script's order, without those above except Location.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Lines => _fields;

    /// <summary>Whether the server is to answer with another path of its own (section 6.2.2): an absolute path without a status.</summary>
    public bool IsLocalRedirect =>
        Status is null && Location is ['/', ..] && !Location.StartsWith("//", StringComparison.Ordinal);

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

    /// <summary>Reads a whole header block.</summary>
    /// <param name="block">As long as <see cref="FindEnd"/> said.</param>
    /// <exception cref="CgiResponseException">It is none.</exception>
    public static CgiResponseHead Parse(ReadOnlySpan<byte> block)
    {
        var head = new CgiResponseHead();
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

            head.Add(line);
            lines++;
        }

        return lines > 0 ? head : throw new CgiResponseException("the header block is empty");
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
        if (name.Equals("Status", StringComparison.OrdinalIgnoreCase))
        {
            Status = Once(name, Status, ParseStatus(value));
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
        else if (!Dropped.Contains(name) && !name.StartsWith("X-CGI-", StringComparison.OrdinalIgnoreCase)) // section 6.3.5
        {
            if (name.Equals(Fields.ContentType, StringComparison.OrdinalIgnoreCase)
                && _fields.Exists(static field => field.Key.Equals(Fields.ContentType, StringComparison.OrdinalIgnoreCase)))
            {
                throw new CgiResponseException("Content-Type is repeated");
            }

            _fields.Add(new(name, value));
        }
    }

    private static T Once<T>(string name, T? before, T value)
        where T : struct =>
        before is null || before.Value.Equals(value) ? value : throw new CgiResponseException($"{name} is repeated");

    // Section 6.3.3: three digits, a space, a reason.
    private static int ParseStatus(string value) =>
        value.Length >= 3
        && (value.Length == 3 || value[3] is ' ' or '\t')
        && int.TryParse(value.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
        && status is >= 200 and <= 599
            ? status
            : throw new CgiResponseException($"Status is none between 200 and 599: {Excerpt(Encoding.Latin1.GetBytes(value))}");

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
