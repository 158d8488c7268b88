using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Testing.Http;

/// <summary>Fields as middleware see them: not any more when the request is over.</summary>
internal sealed class GuardedFields(IHeaderCollection fields, TestRequestGate gate) : IHeaderCollection
{
    public int Count => Fields.Count;

    private IHeaderCollection Fields
    {
        get
        {
            gate.Enter();
            return fields;
        }
    }

    public StringValues this[string name]
    {
        get => Fields[name];
        set => Fields[name] = value;
    }

    public bool Contains(string name) => Fields.Contains(name);

    public void Append(string name, string value) => Fields.Append(name, value);

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => Fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
