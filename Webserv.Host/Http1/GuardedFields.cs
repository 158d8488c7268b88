using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>The fields of a <see cref="GuardedRequest"/> or <see cref="GuardedResponse"/>.</summary>
internal sealed class GuardedFields(IHeaderCollection fields, RequestGate gate) : IHeaderCollection
{
    /// <inheritdoc />
    public int Count
    {
        get
        {
            using var pass = gate.Enter();
            return fields.Count;
        }
    }

    /// <inheritdoc />
    public StringValues this[string name]
    {
        get
        {
            using var pass = gate.Enter();
            return fields[name];
        }

        set
        {
            using var pass = gate.Enter();
            fields[name] = value;
        }
    }

    /// <inheritdoc />
    public bool Contains(string name)
    {
        using var pass = gate.Enter();
        return fields.Contains(name);
    }

    /// <inheritdoc />
    public void Append(string name, string value)
    {
        using var pass = gate.Enter();
        fields.Append(name, value);
    }

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator()
    {
        using var pass = gate.Enter();
        return ((IEnumerable<KeyValuePair<string, StringValues>>)fields.ToArray()).GetEnumerator();
    }

    /// <inheritdoc />
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
