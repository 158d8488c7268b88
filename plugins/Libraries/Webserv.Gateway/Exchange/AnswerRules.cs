using Webserv.Gateway.SendFile;

namespace Webserv.Gateway.Exchange;

/// <summary>How an answer is read.</summary>
internal sealed record AnswerRules
{
    /// <summary>A CGI response (RFC 3875 section 6) that names no files.</summary>
    public static AnswerRules Default { get; } = new();

    /// <summary>Whether the answer is a whole HTTP response with its status line (RFC 3875 section 5).</summary>
    public bool NonParsedHeaders { get; init; }

    /// <summary>Which files the answer may name to be sent in its place; <see langword="null"/> where such fields have no meaning.</summary>
    public SendFileRoots? Files { get; init; }
}
