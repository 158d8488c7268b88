using System.Collections.Frozen;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Finds the Content-Type of a file by its extension, always as the same string.</summary>
internal sealed class ContentTypes
{
    private static readonly FrozenDictionary<string, MediaType>.AlternateLookup<ReadOnlySpan<char>> Table =
        ContentTypeTable.ByExtension.GetAlternateLookup<ReadOnlySpan<char>>();

    private readonly ContentTypeAllowList _allowed;
    private readonly string _charset;
    private readonly Dictionary<string, ContentType>.AlternateLookup<ReadOnlySpan<char>> _configured;
    private readonly ContentType _fallback;

    // By the index of their type in the table, made when they are first asked for: a site needs a dozen of a thousand.
    private readonly ContentType?[] _known = new ContentType?[ContentTypeTable.Count];

    // The most dots in an extension that is configured: .d.ts has two.
    private readonly int _mostDots = 1;

    /// <summary>Puts what is configured before the table that is built in.</summary>
    public ContentTypes(StaticFilesOptions options)
    {
        _allowed = new ContentTypeAllowList(options.OnlyContentTypes);
        _charset = options.Charset;
        var configured = new Dictionary<string, ContentType>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, type) in options.ContentTypes)
        {
            var extension = key.TrimStart('.');
            _mostDots = Math.Max(_mostDots, extension.AsSpan().Count('.') + 1);
            configured[extension] = Make(type, ContentTypeTable.IsCompressible(type));
        }

        _configured = configured.GetAlternateLookup<ReadOnlySpan<char>>();
        _fallback = Make(options.DefaultContentType, ContentTypeTable.IsCompressible(options.DefaultContentType));
    }

    /// <summary>The field value for a file.</summary>
    /// <param name="path">A path that ends with the file's name.</param>
    /// <returns>A media type; empty where none is to be sent.</returns>
    public string Find(string path) => FindType(path).Value;

    /// <summary>What a file is sent as.</summary>
    /// <param name="path">A path that ends with the file's name.</param>
    public ContentType FindType(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        return dot < 0 ? _fallback
            : FindConfigured(name) is { } configured ? configured
            : Table.TryGetValue(name[(dot + 1)..], out var type) ? _known[type.Index] ??= Make(type.Name, type.IsCompressible)
            : _fallback;
    }

    // From the last dot to the first that counts: a longer extension goes before a shorter one.
    private ContentType? FindConfigured(ReadOnlySpan<char> name)
    {
        ContentType? found = null;
        if (_configured.Dictionary.Count == 0)
        {
            return found;
        }

        var end = name.Length;
        for (var dots = 0; dots < _mostDots && (end = name[..end].LastIndexOf('.')) >= 0; dots++)
        {
            if (_configured.TryGetValue(name[(end + 1)..], out var type))
            {
                found = type;
            }
        }

        return found;
    }

    private ContentType Make(string type, bool isCompressible) => new(WithCharset(_allowed.Apply(type), _charset), isCompressible);

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
