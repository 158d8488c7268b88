using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>Response fields as they go out, and the very strings that they were made of.</summary>
internal sealed class SerializedFields
{
    private readonly string[] _names;
    private readonly string[] _values;
    private readonly byte[] _bytes;
    private bool _isTouched;

    private SerializedFields(string[] names, string[] values, byte[] bytes, bool hasDate, bool hasServer, bool hasUpgrade)
    {
        _names = names;
        _values = values;
        _bytes = bytes;
        HasDate = hasDate;
        HasServer = hasServer;
        HasUpgrade = hasUpgrade;
    }

    /// <summary>The lines, each with its end.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Whether Date is among them.</summary>
    public bool HasDate { get; }

    /// <summary>Whether Server is among them.</summary>
    public bool HasServer { get; }

    /// <summary>Whether Upgrade is among them.</summary>
    public bool HasUpgrade { get; }

    /// <summary>Writes fields out.</summary>
    /// <param name="fields">Fields with one value each.</param>
    public static SerializedFields Create(ResponseFields fields)
    {
        var names = fields.Names.ToArray();
        string[] values = [.. fields.Values.ToArray().Select(value => value[0]!)];
        var text = string.Concat(names.Zip(values, (name, value) => $"{name}: {value}\r\n"));
        return new SerializedFields(
            names, values, Encoding.Latin1.GetBytes(text), fields.Contains(Fields.Date), fields.Contains(Fields.Server), fields.Contains(Fields.Upgrade));
    }

    /// <summary>Notes that it was of use.</summary>
    public void Touch()
    {
        // Written only where it changes, so that the cache line stays shared.
        if (!_isTouched)
        {
            _isTouched = true;
        }
    }

    /// <summary>Whether it was of use since the last call.</summary>
    public bool TakeTouch()
    {
        var was = _isTouched;
        _isTouched = false;
        return was;
    }

    /// <summary>Whether fields are those that this was made of: the same objects, so that nothing has to be compared but references.</summary>
    public bool IsOf(ReadOnlySpan<string> names, ReadOnlySpan<StringValues> values)
    {
        if (names.Length != _names.Length)
        {
            return false;
        }

        for (var index = 0; index < names.Length; index++)
        {
            if (!ReferenceEquals(names[index], _names[index])
                || values[index].Count != 1
                || !ReferenceEquals(values[index][0], _values[index]))
            {
                return false;
            }
        }

        return true;
    }
}
