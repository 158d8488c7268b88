using System.Buffers;
using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>Fields in order, compared without regard to case.</summary>
internal sealed class TestHeaderCollection : IHeaderCollection
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private static readonly SearchValues<char> ForbiddenInValues = SearchValues.Create("\r\n\0");

    private static readonly string[] OwnedByServer =
        [Fields.Connection, Fields.ContentLength, Fields.TransferEncoding, Fields.KeepAlive];

    private readonly List<KeyValuePair<string, StringValues>> _fields = [];
    private readonly bool _isResponse;

    /// <summary>The fields of a request, which nobody may change.</summary>
    public TestHeaderCollection() => IsReadOnly = true;

    private TestHeaderCollection(bool isResponse) => _isResponse = isResponse;

    public static TestHeaderCollection ForResponse() => new(isResponse: true);

    public bool IsReadOnly { get; set; }

    public int Count => _fields.Count;

    public StringValues this[string name]
    {
        get => Find(name) is var index and >= 0 ? _fields[index].Value : StringValues.Empty;
        set
        {
            Check(name, value);
            SetUnchecked(name, value);
        }
    }

    public bool Contains(string name) => Find(name) >= 0;

    public void Append(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        Check(name, value);
        AppendUnchecked(name, value);
    }

    public void AppendUnchecked(string name, string value) => SetUnchecked(name, StringValues.Concat(this[name], value));

    public void SetUnchecked(string name, StringValues value)
    {
        var index = Find(name);
        if (value.Count == 0)
        {
            if (index >= 0)
            {
                _fields.RemoveAt(index);
            }
        }
        else if (index >= 0)
        {
            _fields[index] = new(_fields[index].Key, value);
        }
        else
        {
            _fields.Add(new(name, value));
        }
    }

    public void Clear() => _fields.Clear();

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(string name) =>
        _fields.FindIndex(field => string.Equals(field.Key, name, StringComparison.OrdinalIgnoreCase));

    private void Check(string name, StringValues values)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsReadOnly)
        {
            throw new InvalidOperationException(_isResponse
                ? $"The response has started: {name} can no longer be set."
                : "The fields of a request can not be changed.");
        }

        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenChars))
        {
            throw new ArgumentException($"'{name}' is no field name.", nameof(name));
        }

        if (OwnedByServer.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException($"{name} belongs to the server; the length is set by ContentLength.");
        }

        foreach (var value in values)
        {
            if (value.AsSpan().ContainsAny(ForbiddenInValues))
            {
                throw new ArgumentException($"The value of {name} holds CR, LF or NUL.", nameof(values));
            }
        }
    }
}
