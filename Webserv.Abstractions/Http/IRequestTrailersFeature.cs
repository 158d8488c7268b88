namespace Webserv.Abstractions.Http;

/// <summary>
/// The trailer fields of a request (RFC 9110 section 6.5): what a client sends behind a chunked body, for example a checksum of
/// it. The server offers it for every request by <see cref="IHttpContext.GetFeature"/>.
/// </summary>
public interface IRequestTrailersFeature
{
    /// <summary>Whether the end of the body was read, so that the fields are there. At once for a request without a body.</summary>
    bool AreAvailable { get; }

    /// <summary>
    /// The fields; empty where the client sent none. At most 100, and 8 KiB. Those that frame or route a message, control or
    /// authenticate a request or describe its content are dropped (section 6.5.1), so that nothing is decided by a field
    /// that came too late. They are apart from <see cref="IHttpRequest.Headers"/> and are never merged with them.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="AreAvailable"/> is <see langword="false"/>.</exception>
    IHeaderCollection Trailers { get; }
}
