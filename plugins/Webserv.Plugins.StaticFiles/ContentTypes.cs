using System.Collections.Frozen;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Finds the Content-Type of a file by its extension, always as the same string.</summary>
internal sealed class ContentTypes
{
    private readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> _byExtension;
    private readonly string _fallback;

    /// <summary>Puts the table together from the built-in one and the options.</summary>
    public ContentTypes(StaticFilesOptions options)
    {
        var types = new Dictionary<string, string>(ContentTypeTable.ByExtension, StringComparer.OrdinalIgnoreCase);
        foreach (var (extension, type) in options.ContentTypes)
        {
            types[extension.TrimStart('.')] = type;
        }

        // The same field value many times becomes one string.
        var allowed = new ContentTypeAllowList(options.OnlyContentTypes);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (extension, type) in types)
        {
            var value = WithCharset(allowed.Apply(type), options.Charset);
            if (!values.TryGetValue(value, out var known))
            {
                values.Add(value, known = value);
            }

            types[extension] = known;
        }

        _byExtension = types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _fallback = WithCharset(allowed.Apply(options.DefaultContentType), options.Charset);
    }

    /// <summary>The field value for a file.</summary>
    /// <param name="path">A path that ends with the file's name.</param>
    /// <returns>A media type; empty where none is to be sent.</returns>
    public string Find(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        return dot >= 0 && _byExtension.TryGetValue(name[(dot + 1)..], out var type) ? type : _fallback;
    }

    private static string WithCharset(string type, string charset) =>
        string.IsNullOrEmpty(charset) || !IsText(type) ? type : $"{type}; charset={charset}";

    // XML other than text/xml says itself in which encoding it is, and the parameter would overrule it (RFC 7303).
    private static bool IsText(string type) =>
        !type.Contains(';', StringComparison.Ordinal)
        && (type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("application/javascript", StringComparison.OrdinalIgnoreCase));
}
