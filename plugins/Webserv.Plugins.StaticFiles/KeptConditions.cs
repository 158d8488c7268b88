using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>The conditions and ranges of a request that goes through the pipeline again under another name, where it no longer has them.</summary>
internal sealed class KeptConditions(IHeaderCollection fields) : IHeaderCollection
{
    private static readonly string[] Names =
        [Fields.IfMatch, Fields.IfNoneMatch, Fields.IfModifiedSince, Fields.IfUnmodifiedSince, Fields.IfRange, Fields.Range];

    private readonly StringValues[] _values = Array.ConvertAll(Names, name => fields[name]);

    /// <inheritdoc />
    public int Count => _values.Count(value => value.Count > 0);

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">A field was to be set.</exception>
    public StringValues this[string name]
    {
        get
        {
            var index = Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase));
            return index < 0 ? default : _values[index];
        }
        set => throw new NotSupportedException("These fields are those of the client.");
    }

    /// <inheritdoc />
    public bool Contains(string name) => this[name].Count > 0;

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">Always.</exception>
    public void Append(string name, string value) => throw new NotSupportedException("These fields are those of the client.");

    /// <inheritdoc />
    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() =>
        Names.Zip(_values, KeyValuePair.Create).Where(field => field.Value.Count > 0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
