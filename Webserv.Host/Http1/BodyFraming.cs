namespace Webserv.Host.Http1;

/// <summary>How the end of a message body is told (RFC 9112 section 6).</summary>
internal enum BodyFraming
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>By the chunked coding.</summary>
    Chunked,

    /// <summary>By the end of the connection; for responses to HTTP/1.0 only.</summary>
    UntilClose,
}
