using Microsoft.Extensions.Primitives;

namespace Webserv.Abstractions.Http;

/// <summary>The fields of a message (RFC 9110 section 5). Names are compared without regard to case; order is kept.</summary>
/// <remarks>
/// <para>A value is text of ISO 8859-1, one character an octet (U+0000 to U+00FF), and holds no CR, LF or NUL. What goes
/// beyond that must be encoded first: percent-encoding for a URI, RFC 8187 for a parameter.</para>
/// <para>In a response four fields are not simply kept. <c>Content-Length</c> is
/// <see cref="IHttpResponse.ContentLength"/>: reading and setting the one reads and sets the other, and it is not enumerated.
/// <c>Connection: close</c> ends the connection after the response and can neither be read back nor taken back.
/// <c>Connection</c> with anything else, <c>Transfer-Encoding</c> and <c>Keep-Alive</c> belong to the server: to set, append
/// or remove them throws <see cref="InvalidOperationException"/>.</para>
/// </remarks>
public interface IHeaderCollection : IEnumerable<KeyValuePair<string, StringValues>>
{
    /// <summary>
    /// Gets the values of a field, <see cref="StringValues.Empty"/> where it is absent, or replaces them. Setting
    /// <see langword="null"/> or <see cref="StringValues.Empty"/> removes the field.
    /// </summary>
    /// <param name="name">A field name (a token of RFC 9110 section 5.6.2).</param>
    /// <exception cref="ArgumentException">
    /// The name is no token, or a value holds CR, LF, NUL or a character beyond ISO 8859-1, or is no length for Content-Length.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Set on a request, or on a response that has started, or the field belongs to the server.
    /// </exception>
    StringValues this[string name] { get; set; }

    /// <summary>The number of different field names.</summary>
    int Count { get; }

    /// <summary>Whether the field is there, if only with an empty value.</summary>
    bool Contains(string name);

    /// <summary>Adds a field line and keeps those of the same name that are there already, as Set-Cookie needs it.</summary>
    /// <exception cref="ArgumentException">As for the indexer.</exception>
    /// <exception cref="InvalidOperationException">As for the indexer.</exception>
    void Append(string name, string value);
}
