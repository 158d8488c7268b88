using System.Globalization;
using System.Text;

namespace Webserv.Host.Tests.Http1.Generated;

/// <summary>Writes a request in one of its legal spellings. The same seed spells the same.</summary>
internal sealed class RequestSpelling(int seed)
{
    private static readonly string[] Spaces = ["", " ", "\t", "  ", " \t "];

    private readonly Random _random = new(seed);

    /// <summary>The fields in the order in which they were written; names in their spelling.</summary>
    public List<(string Name, string Value)> Written { get; } = [];

    /// <summary>Length of the head in octets, once it is written.</summary>
    public int HeadLength { get; private set; }

    /// <summary>Writes head and body.</summary>
    /// <param name="request">What to write.</param>
    /// <param name="connection">A Connection field to put in, if any.</param>
    public byte[] Spell(GeneratedRequest request, string? connection = null)
    {
        var head = new StringBuilder(_random.Next(8) == 0 ? "\r\n" : "");
        head.Append($"{request.Method} {request.Target} HTTP/1.{(request.IsHttp11 ? 1 : 0)}\r\n");
        var special = new List<(string Name, string Value)>();
        if (request.Host is not null)
        {
            special.Add(("Host", request.Host));
        }

        if (request.Body is not null)
        {
            special.Add(request.IsChunked
                ? ("Transfer-Encoding", Case("chunked"))
                : ("Content-Length", new string('0', _random.Next(3)) + request.Body.Length.ToString(CultureInfo.InvariantCulture)));
        }

        if (connection is not null)
        {
            special.Add(("Connection", connection));
        }

        var fields = new List<(string Name, string Value)>(request.Fields);
        foreach (var field in special)
        {
            // Anywhere among the others, whose own order has a meaning.
            fields.Insert(_random.Next(fields.Count + 1), field);
        }

        foreach (var (name, value) in fields)
        {
            var spelt = Case(name);
            Written.Add((spelt, value));
            head.Append($"{spelt}:{Space()}{value}{Space()}\r\n");
        }

        var octets = Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
        HeadLength = octets.Length;
        return request.Body is null ? octets : [.. octets, .. request.IsChunked ? Chunked(request.Body) : request.Body];
    }

    /// <summary>Codes a body in chunks of any sizes, with extensions and trailer fields.</summary>
    public byte[] Chunked(ReadOnlySpan<byte> body)
    {
        using var coded = new MemoryStream();
        while (!body.IsEmpty)
        {
            var size = _random.Next(4) == 0 ? body.Length : 1 + _random.Next(Math.Min(body.Length, 300));
            coded.Write(Encoding.Latin1.GetBytes($"{Size(size)}{Extensions()}\r\n"));
            coded.Write(body[..size]);
            coded.Write("\r\n"u8);
            body = body[size..];
        }

        coded.Write(Encoding.Latin1.GetBytes(new string('0', 1 + _random.Next(3)) + Extensions() + "\r\n"));
        for (var trailers = _random.Next(5) - 2; trailers > 0; trailers--)
        {
            coded.Write(Encoding.Latin1.GetBytes($"{Case("X-Trailer")}:{Space()}v{trailers}{Space()}\r\n"));
        }

        coded.Write("\r\n"u8);
        return coded.ToArray();
    }

    private string Size(int size) =>
        new string('0', _random.Next(3)) + size.ToString(_random.Next(2) == 0 ? "x" : "X", CultureInfo.InvariantCulture);

    private string Extensions()
    {
        var text = new StringBuilder();
        for (var count = _random.Next(4) - 1; count > 0; count--)
        {
            var value = _random.Next(3) switch
            {
                0 => "",
                1 => $"{Space()}={Space()}b-1",
                _ => $"{Space()}={Space()}\"b; c=\\\"\t\"",
            };
            text.Append($"{Space()};{Space()}a{value}");
        }

        return text.ToString();
    }

    private string Space() => Spaces[_random.Next(Spaces.Length)];

    private string Case(string text) => _random.Next(3) switch
    {
        0 => text,
        1 => text.ToUpperInvariant(),
        _ => string.Concat(text.Select(character => _random.Next(2) == 0 ? char.ToLowerInvariant(character) : char.ToUpperInvariant(character))),
    };
}
