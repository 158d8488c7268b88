using System.Buffers;
using System.Text;
using System.Xml.Linq;

namespace Webserv.Host.Plugins.Documentation;

/// <summary>Writes an element of a documentation comment on one line: references are the names of what they refer to.</summary>
internal static class DocumentationText
{
    private static readonly SearchValues<char> Markup = SearchValues.Create("\\`*_<>[]&");

    /// <summary>The text of an element; empty for none.</summary>
    public static string Of(XElement? element, TextStyle style)
    {
        if (element is null)
        {
            return "";
        }

        var text = new StringBuilder();
        Append(text, element, style);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A word of code or configuration.</summary>
    public static string Code(string word, TextStyle style) =>
        style == TextStyle.Plain || word.Length == 0 ? word
        : word.Contains('`', StringComparison.Ordinal) ? $"`` {word} ``"
        : $"`{word}`";

    /// <summary>Text as it reads in a style: no character of it is markup.</summary>
    public static string Escape(string text, TextStyle style)
    {
        if (style == TextStyle.Plain || !text.AsSpan().ContainsAny(Markup))
        {
            return text;
        }

        var escaped = new StringBuilder(text.Length + 8);
        foreach (var character in text)
        {
            if (Markup.Contains(character))
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }

    private static void Append(StringBuilder text, XElement element, TextStyle style)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText words)
            {
                text.Append(Escape(words.Value, style));
            }
            else if (node is XElement child)
            {
                AppendElement(text, child, style);
            }
        }
    }

    private static void AppendElement(StringBuilder text, XElement element, TextStyle style)
    {
        switch (element.Name.LocalName)
        {
            case "c" or "code":
                text.Append(Code(element.Value, style));
                break;
            case "see" or "seealso" when element.IsEmpty || element.Value.Length == 0:
                text.Append(element.Attribute("href")?.Value
                    ?? Code(element.Attribute("langword")?.Value ?? NameIn(element.Attribute("cref")?.Value ?? ""), style));
                break;
            case "paramref" or "typeparamref":
                text.Append(Code(element.Attribute("name")?.Value ?? "", style));
                break;
            case "see" or "seealso" or "b" or "i" or "em" or "strong":
                Append(text, element, style);
                break;
            default:
                // Paragraphs, lists and their items: apart from what is around them, on the same line.
                text.Append(' ');
                Append(text, element, style);
                text.Append(' ');
                break;
        }
    }

    /// <summary><c>M:Name.Space.Type`1.Member(System.Int32)</c> is <c>Member</c>.</summary>
    private static string NameIn(string reference)
    {
        var end = reference.IndexOf('(', StringComparison.Ordinal);
        var path = end < 0 ? reference : reference[..end];
        var name = path[(path.LastIndexOfAny(['.', ':']) + 1)..];
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        return arity < 0 ? name : name[..arity];
    }
}
