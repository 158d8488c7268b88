using System.Collections.Frozen;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>Turns the octets of fields into text. Names of the registry, and values that everybody sends, cost no string.</summary>
internal static class FieldText
{
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Names =
        typeof(Fields).GetFields()
            .Select(field => (string)field.GetValue(null)!)
            .ToFrozenDictionary(name => name, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Values =
        FrozenSet.Create(
            StringComparer.Ordinal,
            "*/*", "keep-alive", "close", "gzip", "gzip, deflate", "gzip, deflate, br", "gzip, deflate, br, zstd", "no-cache",
            "max-age=0", "bytes=0-", "1", "text/html", "application/x-www-form-urlencoded", "application/json", "en-US,en;q=0.5")
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The text of a field value: one character an octet (ISO 8859-1), so that nothing is lost.</summary>
    public static string GetString(ReadOnlySpan<byte> octets)
    {
        if (octets.Length <= 32)
        {
            Span<char> text = stackalloc char[32];
            text = text[..Encoding.Latin1.GetChars(octets, text)];
            return Values.TryGetValue(text, out var known) ? known : text.ToString();
        }

        return Encoding.Latin1.GetString(octets);
    }

    /// <summary>A field name, as the registry spells it where it is registered.</summary>
    public static string GetName(ReadOnlySpan<byte> octets)
    {
        if (octets.Length <= 64)
        {
            Span<char> text = stackalloc char[64];
            text = text[..Encoding.ASCII.GetChars(octets, text)];
            return Names.TryGetValue(text, out var known) ? known : text.ToString();
        }

        return Encoding.ASCII.GetString(octets);
    }
}
