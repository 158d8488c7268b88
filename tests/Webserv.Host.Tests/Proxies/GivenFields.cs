using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Tests.Proxies;

/// <summary>The fields of a request, given line by line.</summary>
internal sealed class GivenFields : IHeaderCollection
{
    private readonly Dictionary<string, StringValues> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="lines">The lines as they would stand in a head, separated by line feeds.</param>
    public GivenFields(string lines)
    {
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Append(line[..colon], line[(colon + 1)..].Trim());
        }
    }

    public int Count => _fields.Count;

    public StringValues this[string name]
    {
        get => _fields.GetValueOrDefault(name);
        set => _fields[name] = value;
    }

    public bool Contains(string name) => _fields.ContainsKey(name);

    public void Append(string name, string value) => _fields[name] = StringValues.Concat(this[name], value);

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
