using System.Collections;
using System.Text;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The fields of a request, read from the bytes of its head when somebody asks for them.</summary>
internal sealed class RequestFields(Http1Input input, Http1RequestHead head) : IHeaderCollection
{
    private static readonly FieldValueCache Remembered = new();

    /// <summary>
    /// Whether conditional and range fields are hidden: an error page or a local redirect answers with a whole
    /// representation, whatever the client knows of the resource that it asked for.
    /// </summary>
    public bool HidesPreconditions { get; set; }

    /// <summary>
    /// The authority of an absolute-form target: Host has it as its value, whatever was sent, and where none was (RFC 9112
    /// section 3.2.2). <see langword="null"/> for any other target.
    /// </summary>
    public string? TargetAuthority { get; set; }

    /// <inheritdoc />
    public int Count
    {
        get
        {
            var count = LacksHost ? 1 : 0;
            for (var index = 0; index < head.LineCount; index++)
            {
                count += IsFirst(index) ? 1 : 0;
            }

            return count;
        }
    }

    /// <inheritdoc />
    public StringValues this[string name]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(name);
            if (IsReplaced(name))
            {
                return TargetAuthority;
            }

            var bytes = input.Head;
            string? first = null;
            List<string>? all = null;
            foreach (ref readonly var line in head.Lines)
            {
                if (line.NameLength != name.Length || !Ascii.EqualsIgnoreCase(bytes.Slice(line.NameStart, line.NameLength), name))
                {
                    continue;
                }

                if (HidesPreconditions && IsPrecondition(name))
                {
                    return StringValues.Empty;
                }

                var octets = bytes.Slice(line.ValueStart, line.ValueLength);
                var value = FieldValueCache.Covers(name) ? Remembered.GetString(octets) : FieldText.GetString(octets);
                if (first is null)
                {
                    first = value;
                }
                else
                {
                    (all ??= [first]).Add(value);
                }
            }

            return all is null ? new StringValues(first) : new StringValues([.. all]);
        }

        set => throw ReadOnly();
    }

    /// <inheritdoc />
    public bool Contains(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (IsReplaced(name))
        {
            return true;
        }

        var bytes = input.Head;
        foreach (ref readonly var line in head.Lines)
        {
            if (line.NameLength == name.Length && Ascii.EqualsIgnoreCase(bytes.Slice(line.NameStart, line.NameLength), name))
            {
                return !(HidesPreconditions && IsPrecondition(name));
            }
        }

        return false;
    }

    /// <inheritdoc />
    public void Append(string name, string value) => throw ReadOnly();

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        if (LacksHost)
        {
            yield return new KeyValuePair<string, StringValues>(Fields.Host, TargetAuthority);
        }

        for (var index = 0; index < head.LineCount; index++)
        {
            if (IsFirst(index))
            {
                var name = GetName(index);
                if (!(HidesPreconditions && IsPrecondition(name)))
                {
                    yield return new KeyValuePair<string, StringValues>(name, this[name]);
                }
            }
        }
    }

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Whether the target names a host and no field does, which HTTP/1.0 allows.</summary>
    private bool LacksHost => TargetAuthority is not null && head.HostLine < 0;

    private bool IsReplaced(string name) => TargetAuthority is not null && name.Equals(Fields.Host, StringComparison.OrdinalIgnoreCase);

    private string GetName(int index)
    {
        var line = head.Lines[index];
        return FieldText.GetName(input.Head.Slice(line.NameStart, line.NameLength));
    }

    private bool IsFirst(int index)
    {
        var bytes = input.Head;
        var lines = head.Lines;
        var name = bytes.Slice(lines[index].NameStart, lines[index].NameLength);
        foreach (ref readonly var earlier in lines[..index])
        {
            if (Ascii.EqualsIgnoreCase(name, bytes.Slice(earlier.NameStart, earlier.NameLength)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsPrecondition(string name) =>
        name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) || name.Equals(Fields.Range, StringComparison.OrdinalIgnoreCase);

    private static InvalidOperationException ReadOnly() => new("The fields of a request cannot be changed.");
}
