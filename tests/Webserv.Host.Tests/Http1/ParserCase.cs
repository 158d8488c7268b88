using Webserv.Host.Http1;

namespace Webserv.Host.Tests.Http1;

/// <summary>A row of the parser's tables: what comes in (one character an octet) and what is made of it.</summary>
internal sealed record ParserCase(string Id, string Raw)
{
    public ParseStatus Status { get; init; } = ParseStatus.Complete;

    public RequestRejection Rejection { get; init; }

    public string Method { get; init; } = "GET";

    public string Target { get; init; } = "/";

    public bool IsHttp11 { get; init; } = true;

    public string? Host { get; init; } = "a";

    public long ContentLength { get; init; } = -1;

    public bool IsChunked { get; init; }

    public ConnectionOptions Connection { get; init; }

    public bool ExpectsContinue { get; init; }

    /// <summary>Octets behind the head, which are not its own.</summary>
    public string Rest { get; init; } = "";

    /// <summary>Fields to find besides Host, as name and value; <see langword="null"/> to leave them alone.</summary>
    public (string Name, string Value)[]? Fields { get; init; }

    /// <summary>A request that is rejected.</summary>
    public static ParserCase Reject(string id, string raw, RequestRejection rejection) =>
        new(id, raw) { Status = ParseStatus.Rejected, Rejection = rejection };

    /// <summary>A GET of / on host a with further field lines.</summary>
    public static ParserCase With(string id, string fields) => new(id, Head(fields));

    /// <summary>The same, rejected.</summary>
    public static ParserCase RejectWith(string id, string fields, RequestRejection rejection) => Reject(id, Head(fields), rejection);

    private static string Head(string fields) => "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}
