using CsCheck;

namespace Webserv.Host.Tests.Http1.Generated;

/// <summary>Generators of valid requests (RFC 9112 sections 3 to 7, RFC 3986 for targets).</summary>
internal static class RequestGen
{
    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private const string PathCharacters = Alphanumeric + "-._~!$&'()*+,;=:@";

    private static readonly Gen<string> PathPiece = Gen.OneOf(
        Text(PathCharacters, 1, 8),
        Among("%41", "%2F", "%C3%A9", "%25", "%7e", "..", "."));

    private static readonly Gen<string> Path =
        PathPiece.Array[0, 5].Select(pieces => "/" + string.Join('/', pieces));

    private static readonly Gen<string> Query = Gen.OneOf(
        Gen.Const(""),
        Text(PathCharacters + "/?", 0, 12).Select(text => "?" + text));

    private static readonly Gen<string> HostName =
        Among("a", "example.com", "EXAMPLE.com:8080", "192.0.2.1", "[2001:db8::1]:80", "a.b.c:1", "x-y.example:");

    private static readonly Gen<string> Origin = Gen.Select(Path, Query).Select((path, query) => path + query);

    private static readonly Gen<string> Absolute =
        Gen.Select(Among("http://", "HTTP://"), HostName, Origin).Select((scheme, host, origin) => scheme + host + origin);

    private static readonly Gen<string> Value =
        Text(Alphanumeric + " \t!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u0080\u00E9\u00FF", 0, 20).Select(text => text.Trim(' ', '\t'));

    private static readonly Gen<(string Name, string Value)> Field = Gen.Select(
        Gen.OneOf(Text(Alphanumeric + "!#$%&'*+-.^_`|~", 1, 10).Select(text => "X-" + text), Among("Accept", "Cache-Control", "Via")),
        Value);

    // What may come once comes once.
    private static readonly Gen<(string Name, string Value)[]> Fields = Field.Array[0, 6].Select(
        fields => fields.Where((field, index) => field.Name is not ("User-Agent" or "Range")
            || Array.FindIndex(fields, other => other.Name == field.Name) == index).ToArray());

    private static readonly Gen<(byte[]? Body, bool IsChunked)> Framing = Gen.OneOf(
        Gen.Const(((byte[]?)null, false)),
        Gen.Select(Body(), Gen.Bool).Select((body, chunked) => ((byte[]?)body, chunked)));

    /// <summary>Requests of methods that middleware answers, never the server itself.</summary>
    public static Gen<GeneratedRequest> Served { get; } = Requests(Among("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"));

    /// <summary>Requests of any method that the parser lets through.</summary>
    public static Gen<GeneratedRequest> Any { get; } = Requests(Gen.OneOf(
        Among("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get", "PROPFIND", "M-SEARCH"),
        Text(Alphanumeric + "!#$%&'*+-.^_`|~", 1, 12).Where(method => method is not ("CONNECT" or "TRACE"))));

    /// <summary>One of some texts.</summary>
    public static Gen<string> Among(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    /// <summary>Bodies with every octet, some of them looking like framing.</summary>
    public static Gen<byte[]> Body() => Gen.OneOf(
        Gen.Byte.Array[0, 40],
        Among("\r\n", "0\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\r\n").Select(System.Text.Encoding.Latin1.GetBytes),
        Gen.Byte.Array[1000, 6000]);

    private static Gen<GeneratedRequest> Requests(Gen<string> method) =>
        Gen.Select(method, Gen.Int[0, 9], Origin, Absolute, Gen.Bool, HostName, Fields, Framing).Select(
            (name, form, origin, absolute, old, host, fields, framing) =>
            {
                // HTTP/1.0 knows no chunked coding, and needs no Host.
                var isHttp11 = !old || framing.IsChunked || form > 3;
                var target = form == 0 && name == "OPTIONS" ? "*" : form == 1 ? absolute : origin;
                return new GeneratedRequest(name, target, isHttp11, !isHttp11 && form == 3 ? null : host, fields, framing.Body, framing.IsChunked);
            });

    private static Gen<string> Text(string characters, int least, int most) =>
        Gen.Char[characters].Array[least, most].Select(array => new string(array));
}
