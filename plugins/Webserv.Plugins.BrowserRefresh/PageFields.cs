using System.Collections;
using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>The fields of a request without those that ask for anything but the whole page as it is.</summary>
internal sealed class PageFields(IHeaderCollection inner) : IHeaderCollection
{
    private static readonly string[] Hidden =
        [Fields.AcceptEncoding, Fields.IfModifiedSince, Fields.IfNoneMatch, Fields.IfRange, Fields.Range];

    public int Count => inner.Count(pair => !IsHidden(pair.Key));

    public StringValues this[string name]
    {
        get => IsHidden(name) ? StringValues.Empty : inner[name];
        set => inner[name] = value;
    }

    public bool Contains(string name) => !IsHidden(name) && inner.Contains(name);

    public void Append(string name, string value) => inner.Append(name, value);

    public IEnumerator<KeyValuePair<string, StringValues>> GetEnumerator() => inner.Where(pair => !IsHidden(pair.Key)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static bool IsHidden(string name) => Hidden.Contains(name, StringComparer.OrdinalIgnoreCase);
}
