using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The fields of a response. What would break framing or split the response throws when it is set.</summary>
internal sealed class ResponseFields(Http1Response response) : IHeaderCollection
{
    private string[] _names = new string[16];
    private StringValues[] _values = new StringValues[16];

    /// <inheritdoc />
    public int Count { get; private set; }

    /// <summary>The names, in order.</summary>
    public ReadOnlySpan<string> Names => _names.AsSpan(0, Count);

    /// <summary>The values, in the same order.</summary>
    public ReadOnlySpan<StringValues> Values => _values.AsSpan(0, Count);

    /// <inheritdoc />
    public StringValues this[string name]
    {
        get
        {
            var index = Find(name);
            return index >= 0 ? _values[index]
                : name.Equals(Fields.ContentLength, StringComparison.OrdinalIgnoreCase) && response.ContentLength is { } length
                    ? length.ToString(System.Globalization.CultureInfo.InvariantCulture)
                    : StringValues.Empty;
        }

        set
        {
            CheckWritable();
            foreach (var text in value)
            {
                ResponseFieldRules.CheckValue(name, text);
            }

            if (IsOwnedByServer(name, value))
            {
                return;
            }

            var index = Find(name);
            if (value.Count == 0)
            {
                if (index >= 0)
                {
                    RemoveAt(index);
                }
                else
                {
                    ResponseFieldRules.CheckName(name);
                }
            }
            else if (index >= 0)
            {
                _values[index] = value;
            }
            else
            {
                Add(name, value);
            }
        }
    }

    /// <inheritdoc />
    public bool Contains(string name) =>
        Find(name) >= 0 || (response.ContentLength is not null && name.Equals(Fields.ContentLength, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc />
    public void Append(string name, string value)
    {
        CheckWritable();
        ArgumentNullException.ThrowIfNull(value);
        ResponseFieldRules.CheckValue(name, value);
        if (IsOwnedByServer(name, value))
        {
            return;
        }

        var index = Find(name);
        if (index >= 0)
        {
            _values[index] = StringValues.Concat(_values[index], value);
        }
        else
        {
            Add(name, value);
        }
    }

    /// <summary>Forgets all fields.</summary>
    public void Clear()
    {
        Array.Clear(_names, 0, Count);
        Array.Clear(_values, 0, Count);
        Count = 0;
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return new KeyValuePair<string, StringValues>(_names[index], _values[index]);
        }
    }

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int Find(string name)
    {
        for (var index = 0; index < Count; index++)
        {
            var other = _names[index];
            if (ReferenceEquals(other, name) || (other.Length == name.Length && other.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return index;
            }
        }

        return -1;
    }

    private void Add(string name, StringValues value)
    {
        ResponseFieldRules.CheckName(name);
        if (Count == _names.Length)
        {
            Array.Resize(ref _names, Count * 2);
            Array.Resize(ref _values, Count * 2);
        }

        _names[Count] = name;
        _values[Count++] = value;
    }

    private void RemoveAt(int index)
    {
        Count--;
        Array.Copy(_names, index + 1, _names, index, Count - index);
        Array.Copy(_values, index + 1, _values, index, Count - index);
        _names[Count] = null!;
        _values[Count] = default;
    }

    /// <summary>Sends the fields of framing and connection handling to where they are decided.</summary>
    private bool IsOwnedByServer(string name, StringValues value)
    {
        switch (ResponseFieldRules.Classify(name, value, out var length))
        {
            case ResponseFieldKind.Length:
                response.ContentLength = length;
                return true;
            case ResponseFieldKind.Close:
                response.ClosesConnection = true;
                return true;
            default:
                return false;
        }
    }

    private void CheckWritable()
    {
        if (response.HasStarted)
        {
            throw new InvalidOperationException("The response has started; its fields can no longer change.");
        }
    }
}
