namespace Webserv.Abstractions.Http;

/// <summary>A request, as far as it has arrived: head parsed, body to be read.</summary>
public interface IHttpRequest
{
    /// <summary>The method, case-sensitive (RFC 9110 section 9.1); compare with <see cref="HttpMethods"/>.</summary>
    string Method { get; }

    /// <summary><c>http</c> or <c>https</c>: what the client speaks, also where a trusted proxy told it.</summary>
    string Scheme { get; }

    /// <summary>
    /// The authority asked for, without userinfo, as in the Host field or an absolute request-target: <c>example.com</c>
    /// or <c>example.com:8080</c>; the forwarded one where a trusted proxy told it and the configuration says that it counts.
    /// Empty where an HTTP/1.0 client sent none.
    /// </summary>
    string Host { get; }

    /// <summary>
    /// The path with percent-encoding decoded as UTF-8 and dot segments removed (RFC 3986 section 5.2.4), never above
    /// the root. It begins with a slash and holds no NUL; an encoded slash stays encoded as <c>%2F</c>.
    /// <c>*</c> for the asterisk form of OPTIONS.
    /// </summary>
    string Path { get; }

    /// <summary>The request-target exactly as it was sent.</summary>
    string RawTarget { get; }

    /// <summary>The query as it was sent, without the question mark; empty where there is none.</summary>
    string Query { get; }

    /// <summary><see cref="System.Net.HttpVersion.Version10"/> or <see cref="System.Net.HttpVersion.Version11"/>.</summary>
    Version HttpVersion { get; }

    /// <summary>The fields of the head.</summary>
    IHeaderCollection Headers { get; }

    /// <summary>The length of the body in bytes where it is known before it is read; 0 for a request without one.</summary>
    long? ContentLength { get; }

    /// <summary>
    /// The body, with chunked coding removed; ends at its length. A read may throw <see cref="HttpException"/> (400
    /// malformed or cut short, 408 too slow, 413 too large): let it pass. What is left unread is drained by the server.
    /// It is asynchronous only: <c>Read</c> throws <see cref="NotSupportedException"/>. One read at a time, a second one throws
    /// <see cref="InvalidOperationException"/>; writing <see cref="IHttpResponse.Body"/> meanwhile is fine.
    /// </summary>
    Stream Body { get; }

    /// <summary>
    /// The most bytes that <see cref="Body"/> yields before it throws 413; <see langword="null"/> for no limit. A middleware
    /// may change it before the first read.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set after the body was read from.</exception>
    long? MaxBodySize { get; set; }
}
