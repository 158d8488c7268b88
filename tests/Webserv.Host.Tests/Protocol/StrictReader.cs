using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Webserv.Host.Tests.Protocol;

/// <summary>Reads answers as the strictest client would: any deviation from RFC 9112 section 4 to 7 is a failure.</summary>
internal sealed partial class StrictReader(Stream stream, CancellationToken cancellation)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _position;
    private int _end;

    /// <summary>Reads an answer.</summary>
    /// <param name="toHead">Whether it answers a HEAD.</param>
    /// <exception cref="FormatException">It is malformed or cut short.</exception>
    public async Task<StrictAnswer> ReadAsync(bool toHead)
    {
        var head = await ReadHeadAsync();
        var lines = head.Split("\r\n");
        if (!StatusLine().IsMatch(lines[0]))
        {
            throw new FormatException($"'{lines[0]}' is no status line");
        }

        var fields = new List<(string Name, string Value)>();
        foreach (var line in lines.Skip(1))
        {
            var match = FieldLine().Match(line);
            fields.Add(match.Success ? (match.Groups[1].Value, match.Groups[2].Value) : throw new FormatException($"'{line}' is no field line"));
        }

        var answer = new StrictAnswer(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), fields, "");
        var length = answer.One("Content-Length");
        var coding = answer.One("Transfer-Encoding");
        if (answer.Status < 200)
        {
            Check(length is null && coding is null, "an interim answer with framing");
            return answer;
        }

        Check(DateTimeOffset.TryParseExact(answer.One("Date"), "R", null, default, out _), "no Date (RFC 9110 section 6.6.1)");
        Check(length is null || coding is null, "Content-Length and Transfer-Encoding");
        Check(coding is null or "chunked", "another transfer coding than chunked");
        if (answer.Status == 204)
        {
            Check(length is null && coding is null, "204 with framing (RFC 9110 section 15.3.5)");
        }

        if (toHead || answer.Status is 204 or 304)
        {
            return answer;
        }

        if (coding is not null)
        {
            return answer with { Body = await ReadChunksAsync() };
        }

        if (length is null)
        {
            Check(answer.One("Connection") == "close", "a body without an end");
            return answer with { Body = await ReadToEndAsync() };
        }

        return answer with { Body = await ReadExactlyAsync(int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture)) };
    }

    /// <summary>Reads all that comes until the server ends its side.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        do
        {
            text.Append(Encoding.Latin1.GetString(_buffer, _position, _end - _position));
            _position = _end;
        }
        while (await FillAsync());

        return text.ToString();
    }

    private static void Check(bool condition, string problem)
    {
        if (!condition)
        {
            throw new FormatException(problem);
        }
    }

    private async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        string line;
        while ((line = await ReadLineAsync()).Length > 0)
        {
            head.Append(head.Length > 0 ? "\r\n" : "").Append(line);
        }

        return head.ToString();
    }

    private async Task<string> ReadLineAsync()
    {
        var line = new StringBuilder();
        while (true)
        {
            var octet = (char)await ReadOctetAsync();
            if (octet == '\r')
            {
                Check(await ReadOctetAsync() == '\n', "CR without LF");
                return line.ToString();
            }

            Check(octet is not ('\n' or '\0'), "LF or NUL within a line");
            line.Append(octet);
        }
    }

    private async Task<string> ReadChunksAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Append(await ReadExactlyAsync(size));
            Check((await ReadLineAsync()).Length == 0, "no line end behind a chunk");
            if (size == 0)
            {
                return body.ToString();
            }
        }
    }

    private async Task<string> ReadExactlyAsync(int count)
    {
        var text = new char[count];
        for (var index = 0; index < count; index++)
        {
            text[index] = (char)await ReadOctetAsync();
        }

        return new string(text);
    }

    private ValueTask<byte> ReadOctetAsync() => _position < _end ? new(_buffer[_position++]) : ReadSlowlyAsync();

    private async ValueTask<byte> ReadSlowlyAsync() =>
        await FillAsync() ? _buffer[_position++] : throw new FormatException("the connection ended within an answer or before it");

    private async Task<bool> FillAsync()
    {
        _position = 0;
        _end = await stream.ReadAsync(_buffer, cancellation);
        return _end > 0;
    }

    [GeneratedRegex(@"^HTTP/1\.1 [1-5]\d\d [A-Z][ A-Za-z-]*$")]
    private static partial Regex StatusLine();

    [GeneratedRegex("^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\t\\x20-\\x7E\\x80-\\xFF]*)$")]
    private static partial Regex FieldLine();
}
