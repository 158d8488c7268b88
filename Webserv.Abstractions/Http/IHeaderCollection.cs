using Microsoft.Extensions.Primitives;

namespace Webserv.Abstractions.Http;

/// <summary>The fields of a message (RFC 9110 section 5). Names are compared without regard to case; order is kept.</summary>
public interface IHeaderCollection : IEnumerable<KeyValuePair<string, StringValues>>
{
    /// <summary>
    /// Gets the values of a field, <see cref="StringValues.Empty"/> where it is absent, or replaces them. Setting
    /// <see langword="null"/> or <see cref="StringValues.Empty"/> removes the field.
    /// </summary>
    /// <param name="name">A field name (a token of RFC 9110 section 5.6.2).</param>
    /// <exception cref="ArgumentException">The name is no token, or a value holds CR, LF or NUL.</exception>
    /// <exception cref="InvalidOperationException">Set on a request, or on a response that has started.</exception>
    StringValues this[string name] { get; set; }

    /// <summary>The number of different field names.</summary>
    int Count { get; }

    /// <summary>Whether the field is there, if only with an empty value.</summary>
    bool Contains(string name);

    /// <summary>Adds a field line and keeps those of the same name that are there already, as Set-Cookie needs it.</summary>
    /// <exception cref="ArgumentException">The name is no token, or the value holds CR, LF or NUL.</exception>
    /// <exception cref="InvalidOperationException">Called on a request, or on a response that has started.</exception>
    void Append(string name, string value);
}
