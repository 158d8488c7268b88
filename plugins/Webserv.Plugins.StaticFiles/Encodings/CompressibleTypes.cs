using System.Collections.Frozen;

namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>Which media types become smaller by compression; what is compressed already does not.</summary>
internal static class CompressibleTypes
{
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Others =
        FrozenSet.Create(
            StringComparer.OrdinalIgnoreCase,
            "application/dart", "application/ecmascript", "application/graphql", "application/javascript", "application/json",
            "application/jsonl", "application/postscript", "application/rtf", "application/sql", "application/toml",
            "application/vnd.apple.mpegurl", "application/vnd.ms-fontobject", "application/wasm", "application/x-font-ttf",
            "application/x-font-otf", "application/x-javascript", "application/x-ndjson", "application/x-sh", "application/x-tar",
            "application/xml", "application/xml-dtd", "application/yaml", "font/collection", "font/otf", "font/ttf", "image/bmp",
            "image/vnd.microsoft.icon", "image/x-icon", "image/x-ms-bmp", "message/rfc822", "model/obj", "model/stl", "model/vrml")
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether files of a type are worth compressing.</summary>
    /// <param name="contentType">A media type, with or without parameters.</param>
    public static bool Contains(ReadOnlySpan<char> contentType)
    {
        var semicolon = contentType.IndexOf(';');
        var type = (semicolon < 0 ? contentType : contentType[..semicolon]).TrimEnd(' ');
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            || Others.Contains(type);
    }
}
