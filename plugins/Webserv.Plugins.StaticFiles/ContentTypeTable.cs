using System.Collections.Frozen;
using System.Text;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// The media types that are built in, by extension: ContentTypes/table.txt, which is made from mime-db. It is read once and
/// shared by all entries.
/// </summary>
internal static class ContentTypeTable
{
    /// <summary>Media types by extensions without their dot, ignoring case.</summary>
    public static FrozenDictionary<string, MediaType> ByExtension { get; } = Read();

    /// <summary>How many types there are; each has an index below it.</summary>
    public static int Count { get; } = ByExtension.Values.Max(type => type.Index) + 1;

    private static readonly FrozenDictionary<string, MediaType>.AlternateLookup<ReadOnlySpan<char>> ByName = IndexByName();

    /// <summary>Whether content of a media type gets smaller by compression; for a type that is not in the table its kind decides.</summary>
    /// <param name="type">A media type, with or without parameters.</param>
    public static bool IsCompressible(ReadOnlySpan<char> type)
    {
        var semicolon = type.IndexOf(';');
        type = (semicolon < 0 ? type : type[..semicolon]).Trim(' ');
        return ByName.TryGetValue(type, out var known)
            ? known.IsCompressible
            : type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
                || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
                || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase)
                || type.EndsWith("+text", StringComparison.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, MediaType> Read()
    {
        using var resource = typeof(ContentTypeTable).Assembly.GetManifestResourceStream("ContentTypes")
            ?? throw new InvalidOperationException("The table of content types is not in the assembly.");
        using var reader = new StreamReader(resource, Encoding.ASCII);
        var types = new Dictionary<string, MediaType>(1500, StringComparer.OrdinalIgnoreCase);
        var index = 0;
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }

            var words = line.Split(' ');
            var type = new MediaType(words[1], words[0] == "+", index++);
            foreach (var extension in words.AsSpan(2))
            {
                types.Add(extension, type);
            }
        }

        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }

    private static FrozenDictionary<string, MediaType>.AlternateLookup<ReadOnlySpan<char>> IndexByName()
    {
        var types = new Dictionary<string, MediaType>(1500, StringComparer.OrdinalIgnoreCase);
        foreach (var type in ByExtension.Values)
        {
            // A type with an extension that is compressed already compresses by itself all the same.
            if (type.IsCompressible || !types.ContainsKey(type.Name))
            {
                types[type.Name] = type;
            }
        }

        return types.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
    }
}
