namespace Webserv.Plugins.StaticFiles.Encodings;

/// <summary>A content coding that files are sent in (RFC 9110 section 8.4.1, RFC 7932, RFC 8878).</summary>
internal sealed class ContentCoding
{
    /// <summary>Brotli.</summary>
    public static readonly ContentCoding Brotli = new(0, "br", ".br");

    /// <summary>Zstandard.</summary>
    public static readonly ContentCoding Zstandard = new(1, "zstd", ".zst");

    /// <summary>Gzip.</summary>
    public static readonly ContentCoding Gzip = new(2, "gzip", ".gz");

    /// <summary>All of them, each at its <see cref="Index"/>.</summary>
    public static readonly ContentCoding[] All = [Brotli, Zstandard, Gzip];

    /// <summary>How many there are.</summary>
    public const int Count = 3;

    private ContentCoding(int index, string name, string suffix)
    {
        Index = index;
        Name = name;
        Suffix = suffix;
    }

    /// <summary>Its place among all of them.</summary>
    public int Index { get; }

    /// <summary>The name in Accept-Encoding and Content-Encoding.</summary>
    public string Name { get; }

    /// <summary>What is behind the name of a file that was coded beforehand.</summary>
    public string Suffix { get; }

    /// <summary>Finds a coding by its name, which is not case-sensitive; <c>x-gzip</c> is gzip (RFC 9110 section 8.4.1.3).</summary>
    public static ContentCoding? Find(ReadOnlySpan<char> name)
    {
        foreach (var coding in All)
        {
            if (name.Equals(coding.Name, StringComparison.OrdinalIgnoreCase))
            {
                return coding;
            }
        }

        return name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase) ? Gzip : null;
    }

    /// <summary>The codings that options name, none twice.</summary>
    /// <param name="names">Names that were checked.</param>
    public static ContentCoding[] Parse(IEnumerable<string> names) => [.. names.Select(name => Find(name)!).Distinct()];
}
