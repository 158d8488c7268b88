using System.Text;
using System.Text.RegularExpressions;
using Webserv.Host.Http1;

namespace Webserv.Fuzzing.Targets.Http1;

/// <summary>The head parser with request-target and host: small limits, so that inputs reach them.</summary>
internal sealed partial class HeadTarget : IFuzzTarget
{
    private const int MaxLine = 128;
    private const int MaxHead = 512;
    private const int MaxFields = 8;
    private const int Generous = 1 << 20;

    private readonly HostNameCache _hosts = new();

    /// <inheritdoc />
    public string Name => "head";

    /// <inheritdoc />
    public void Run(ReadOnlySpan<byte> input)
    {
        var parser = Create();
        var status = parser.TryParse(input);
        var whole = HeadText.Describe(parser, status, input);
        var length = parser.Head.Length;
        CheckPieces(input, whole, "byte by byte", cuts: null);
        CheckPieces(input, whole, "cut anywhere", new Cuts(input));
        if (status != ParseStatus.Complete)
        {
            return;
        }

        CheckPrefixes(input[..length], whole);
        CheckGrammar(input[..length], parser.Head);
        CheckSerialised(input[..length], parser.Head, whole);
        CheckTargetAndHost(input[..length], parser.Head);
    }

    private static Http1Parser Create() => new(MaxLine, MaxHead, MaxFields);

    private static void CheckPieces(ReadOnlySpan<byte> input, string whole, string how, Cuts? cuts)
    {
        var parser = Create();
        var status = ParseStatus.NeedMore;
        var sizes = cuts ?? default;
        for (var count = 0; count < input.Length && status == ParseStatus.NeedMore;)
        {
            count = Math.Min(input.Length, count + (cuts is null ? 1 : sizes.Next(64)));
            status = parser.TryParse(input[..count]);
            if (status == ParseStatus.Complete)
            {
                BrokenPropertyException.ThrowUnless(cuts is not null || parser.Head.Length == count, "complete before or after its end came");
            }
        }

        BrokenPropertyException.ThrowIfDifferent(whole, HeadText.Describe(parser, status, input), how);
    }

    private static void CheckPrefixes(ReadOnlySpan<byte> head, string whole)
    {
        var parser = Create();
        BrokenPropertyException.ThrowIfDifferent(whole, HeadText.Describe(parser, parser.TryParse(head), head), "without what is behind it");
        var cuts = new Cuts(head);
        for (var count = head.Length - 1; count > 0; count -= cuts.Next(16))
        {
            parser.Reset();
            BrokenPropertyException.ThrowIfDifferent(ParseStatus.NeedMore, parser.TryParse(head[..count]), $"the first {count} octets");
        }
    }

    /// <summary>Written from RFC 9112 sections 2 to 6 without a look at the parser: what is taken must be a head, and framed in one way.</summary>
    private static void CheckGrammar(ReadOnlySpan<byte> head, Http1RequestHead parsed)
    {
        var text = Encoding.Latin1.GetString(head);
        BrokenPropertyException.ThrowUnless(Grammar().IsMatch(text), "taken, and no request head");
        var fields = text.Split("\r\n").SkipWhile(line => line.Length == 0).Skip(1).Where(line => line.Length > 0)
            .Select(line => (Name: line[..line.IndexOf(':')].ToLowerInvariant(), Value: line[(line.IndexOf(':') + 1)..].Trim(' ', '\t')))
            .ToArray();
        BrokenPropertyException.ThrowIfDifferent(fields.Length, parsed.LineCount, "field lines");
        var hosts = fields.Count(field => field.Name == "host");
        BrokenPropertyException.ThrowUnless(hosts == 1 || (hosts == 0 && !parsed.IsHttp11), "not one Host");
        var lengths = fields.Where(field => field.Name == "content-length").ToArray();
        var codings = fields.Where(field => field.Name == "transfer-encoding").ToArray();
        BrokenPropertyException.ThrowUnless(lengths.Length + codings.Length <= 1, "framed in two ways");
        BrokenPropertyException.ThrowIfDifferent(codings.Length == 1, parsed.IsChunked, "chunked");
        BrokenPropertyException.ThrowUnless(codings.All(field => field.Value.Equals("chunked", StringComparison.OrdinalIgnoreCase)), "another coding");
        BrokenPropertyException.ThrowUnless(codings.Length == 0 || parsed.IsHttp11, "chunked in HTTP/1.0");
        var length = lengths.Length == 0 ? -1 : long.Parse(lengths[0].Value, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);
        BrokenPropertyException.ThrowIfDifferent(length, parsed.ContentLength, "Content-Length");
    }

    private static void CheckSerialised(ReadOnlySpan<byte> head, Http1RequestHead parsed, string whole)
    {
        var bytes = HeadText.Serialise(parsed, head);
        var parser = new Http1Parser(Generous, Generous, MaxFields);
        var status = parser.TryParse(bytes);
        BrokenPropertyException.ThrowIfDifferent(bytes.Length, parser.Head.Length, "the length of what was written");
        BrokenPropertyException.ThrowIfDifferent(whole, HeadText.Describe(parser, status, bytes), "written and read again");
    }

    private void CheckTargetAndHost(ReadOnlySpan<byte> head, Http1RequestHead parsed)
    {
        var raw = head.Slice(parsed.TargetStart, parsed.TargetLength);
        if (parsed.HostLine >= 0)
        {
            var line = parsed.Lines[parsed.HostLine];
            HostChecks.Run(_hosts, head.Slice(line.ValueStart, line.ValueLength));
        }

        if (RequestTargetParser.Parse(raw, parsed.Method) is not { } target)
        {
            return;
        }

        BrokenPropertyException.ThrowIfDifferent(Encoding.ASCII.GetString(raw), target.Raw, "the raw target");
        if (target.Authority is not null)
        {
            HostChecks.Run(_hosts, Encoding.ASCII.GetBytes(target.Authority));
        }

        if (target.Path == "*")
        {
            BrokenPropertyException.ThrowIfDifferent("OPTIONS", parsed.Method, "the asterisk form");
            return;
        }

        BrokenPropertyException.ThrowUnless(target.Path.StartsWith('/') && !target.Path.Contains('\0', StringComparison.Ordinal), "a path from the root, without NUL");
        var segments = target.Path[1..].Split('/');
        BrokenPropertyException.ThrowUnless(!segments.Any(segment => segment is "." or ".."), "dot segments are left");
        BrokenPropertyException.ThrowUnless(!segments.SkipLast(1).Any(segment => segment.Length == 0), "empty segments are left");
        var encoded = "/" + string.Join('/', segments.Select(Uri.EscapeDataString));
        BrokenPropertyException.ThrowIfDifferent(target.Path, RequestTargetParser.Parse(Encoding.ASCII.GetBytes(encoded), "GET")?.Path, "the path, encoded and read again");
        BrokenPropertyException.ThrowIfDifferent(target.Path, RequestTargetParser.ParseLocal(encoded + "?" + target.Query)?.Path, "as a local redirect");
    }

    [GeneratedRegex("""\A(?:\r\n)?[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21\x22\x24-\x7E]+ HTTP/1\.[01]\r\n(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[\t\x20-\x7E\x80-\xFF]*\r\n)*\r\n\z""", RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
