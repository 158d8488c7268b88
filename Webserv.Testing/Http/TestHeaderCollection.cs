using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;
using Webserv.Host.Http1;

namespace Webserv.Testing.Http;

/// <summary>Fields in order, compared without regard to case.</summary>
internal sealed class TestHeaderCollection : IHeaderCollection
{
    private readonly List<KeyValuePair<string, StringValues>> _fields = [];
    private readonly TestHttpResponse? _response;

    /// <summary>The fields of a request, which nobody may change.</summary>
    public TestHeaderCollection() => IsReadOnly = true;

    /// <summary>The fields of a response, checked as the server checks them.</summary>
    public TestHeaderCollection(TestHttpResponse response) => _response = response;

    public bool IsReadOnly { get; set; }

    public int Count => _fields.Count;

    public StringValues this[string name]
    {
        get => Find(name) is var index and >= 0 ? _fields[index].Value
            : IsLength(name) && _response?.ContentLength is { } length ? length.ToString(CultureInfo.InvariantCulture)
            : StringValues.Empty;
        set
        {
            if (!IsOwnedByServer(name, value))
            {
                SetUnchecked(name, value);
            }
        }
    }

    public bool Contains(string name) => Find(name) >= 0 || (IsLength(name) && _response?.ContentLength is not null);

    public void Append(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!IsOwnedByServer(name, value))
        {
            AppendUnchecked(name, value);
        }
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

    private static bool IsLength(string name) => string.Equals(name, Fields.ContentLength, StringComparison.OrdinalIgnoreCase);

    /// <summary>Checks a field that a middleware sets, and sends those of framing and connection handling to where they are decided.</summary>
    private bool IsOwnedByServer(string name, StringValues values)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_response is null || IsReadOnly)
        {
            throw new InvalidOperationException(_response is null
                ? "The fields of a request can not be changed."
                : $"The response has started: {name} can no longer be set.");
        }

        ResponseFieldRules.CheckName(name);
        foreach (var value in values)
        {
            ResponseFieldRules.CheckValue(name, value);
        }

        switch (ResponseFieldRules.Classify(name, values, out var length))
        {
            case ResponseFieldKind.Length:
                _response.ContentLength = length;
                return true;
            case ResponseFieldKind.Close:
                _response.ClosesConnection = true;
                return true;
            default:
                return false;
        }
    }
}
