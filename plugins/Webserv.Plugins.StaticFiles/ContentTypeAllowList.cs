namespace Webserv.Plugins.StaticFiles;

/// <summary>Which media types may be sent as they are, and what stands for the others.</summary>
internal sealed class ContentTypeAllowList(IList<string> allowed)
{
    private const string Text = "text/plain";
    private const string Bytes = "application/octet-stream";

    private readonly string[] _allowed = [.. allowed];

    /// <summary>The media type that a file of a type is sent with.</summary>
    /// <param name="type">A media type, with or without parameters; empty where none would be sent, which makes browsers guess.</param>
    public string Apply(string type)
    {
        if (_allowed.Length == 0)
        {
            return type;
        }

        var bare = type.AsSpan();
        var semicolon = bare.IndexOf(';');
        bare = (semicolon < 0 ? bare : bare[..semicolon]).Trim(' ');
        foreach (var entry in _allowed)
        {
            if (Covers(entry, bare))
            {
                return type;
            }
        }

        return IsText(bare) ? Text : Bytes;
    }

    private static bool Covers(ReadOnlySpan<char> entry, ReadOnlySpan<char> type) =>
        entry.EndsWith("/*")
            ? type.StartsWith(entry[..^1], StringComparison.OrdinalIgnoreCase) && !IsActive(type)
            : type.Equals(entry, StringComparison.OrdinalIgnoreCase);

    // A document of these types runs scripts with the rights of the site (RFC 7303 names the suffix of XML).
    private static bool IsActive(ReadOnlySpan<char> type) =>
        IsXml(type) || Names(type, "html") || Names(type, "javascript") || Names(type, "ecmascript") || Names(type, "xsl");

    private static bool IsText(ReadOnlySpan<char> type) =>
        type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
        || IsXml(type)
        || Names(type, "json")
        || Names(type, "javascript")
        || Names(type, "yaml")
        || Names(type, "toml")
        || Names(type, "sql");

    private static bool IsXml(ReadOnlySpan<char> type) => Names(type, "xml") || Names(type, "xml-dtd");

    // application/json, text/x-json and application/geo+json are all JSON.
    private static bool Names(ReadOnlySpan<char> type, ReadOnlySpan<char> format) =>
        type.EndsWith(format, StringComparison.OrdinalIgnoreCase) && type.Length > format.Length && type[^(format.Length + 1)] is '/' or '+' or '-';
}
