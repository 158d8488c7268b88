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
                CheckValue(name, text);
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
    public bool Contains(string name) => Find(name) >= 0;

    /// <inheritdoc />
    public void Append(string name, string value)
    {
        CheckWritable();
        CheckValue(name, value);
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
        if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Octets.TokenText))
        {
            throw new ArgumentException($"'{name}' is no field name (RFC 9110 section 5.1).", nameof(name));
        }

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
        switch (name.Length)
        {
            case 14 when name.Equals(Fields.ContentLength, StringComparison.OrdinalIgnoreCase):
                response.ContentLength = value.Count == 0 ? null
                    : long.TryParse(value[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var length)
                        ? length
                        : throw new ArgumentException($"'{value}' is no length.", nameof(value));
                return true;
            case 10 when name.Equals(Fields.Connection, StringComparison.OrdinalIgnoreCase):
                if (value.Any(option => "close".Equals(option, StringComparison.OrdinalIgnoreCase)))
                {
                    response.ClosesConnection = true;
                    return true;
                }

                throw Owned(name);
            case 17 when name.Equals(Fields.TransferEncoding, StringComparison.OrdinalIgnoreCase):
            case 10 when name.Equals(Fields.KeepAlive, StringComparison.OrdinalIgnoreCase):
                throw Owned(name);
            default:
                return false;
        }
    }

    private static InvalidOperationException Owned(string name) => new($"{name} belongs to the server.");

    private void CheckWritable()
    {
        if (response.HasStarted)
        {
            throw new InvalidOperationException("The response has started; its fields can no longer change.");
        }
    }

    private static void CheckValue(string name, string? value)
    {
        var text = value.AsSpan();
        if (text.ContainsAny('\r', '\n', '\0') || text.ContainsAnyExceptInRange('\0', '\xFF'))
        {
            throw new ArgumentException(
                $"The value of {name} holds a character that no field value may hold (CR, LF, NUL or beyond ISO 8859-1).", nameof(value));
        }
    }
}
