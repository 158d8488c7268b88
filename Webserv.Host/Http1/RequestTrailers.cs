using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>
/// The trailer section of a chunked body (RFC 9112 section 7.1.2): checked like the fields of a head, bounded, and without the
/// fields that must not come so late (RFC 9110 section 6.5.1).
/// </summary>
internal sealed class RequestTrailers : IHeaderCollection
{
    /// <summary>No trailer fields.</summary>
    public static readonly RequestTrailers None = new();

    private const int MaxSize = 8192;
    private const int MaxFields = 100;

    private readonly List<KeyValuePair<string, StringValues>> _fields = [];
    private readonly List<byte> _line = [];
    private int _size;
    private int _lines;

    /// <inheritdoc />
    public int Count => _fields.Count;

    /// <inheritdoc />
    public StringValues this[string name]
    {
        get => Find(name) is var index and >= 0 ? _fields[index].Value : StringValues.Empty;
        set => throw ReadOnly();
    }

    /// <inheritdoc />
    public bool Contains(string name) => Find(name) >= 0;

    /// <inheritdoc />
    public void Append(string name, string value) => throw ReadOnly();

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _fields.GetEnumerator();

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes an octet of a line.</summary>
    public RequestRejection Add(byte octet)
    {
        if (Octets.ForbiddenInValue.Contains(octet) || (_line.Count == 0 && !Octets.Token.Contains(octet)))
        {
            return RequestRejection.ChunkMalformed;
        }

        _line.Add(octet);
        return ++_size > MaxSize ? RequestRejection.TrailerTooLarge : RequestRejection.None;
    }

    /// <summary>Takes the line for a field line.</summary>
    public RequestRejection EndLine()
    {
        var line = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_line);
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(Octets.Token))
        {
            return RequestRejection.ChunkMalformed;
        }

        if (++_lines > MaxFields)
        {
            return RequestRejection.TrailerTooLarge;
        }

        Keep(FieldText.GetName(line[..colon]), FieldText.GetString(line[(colon + 1)..].Trim(" \t"u8)));
        _line.Clear();
        return RequestRejection.None;
    }

    private void Keep(string name, string value)
    {
        if (TrailerRules.IsDropped(name))
        {
            return;
        }

        if (Find(name) is var index and >= 0)
        {
            _fields[index] = new(_fields[index].Key, StringValues.Concat(_fields[index].Value, value));
        }
        else
        {
            _fields.Add(new(name, value));
        }
    }

    private int Find(string name) => _fields.FindIndex(field => field.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static InvalidOperationException ReadOnly() => new("The trailer fields of a request cannot be changed.");
}
