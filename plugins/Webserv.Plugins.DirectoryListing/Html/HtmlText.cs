using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Webserv.Plugins.DirectoryListing.Output;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>Text on its way into a page.</summary>
internal static class HtmlText
{
    // Letters of every script stay as they are; whatever could end a text or an attribute does not.
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>Text as the content of an element or of an attribute in quotes.</summary>
    public static string Encode(string text) => Encoder.Encode(text);

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Count(long number, string one) => $"{Number(number)} {one}{(number == 1 ? "" : "s")}";

    /// <summary>A size as people say it, with the exact one for those who ask.</summary>
    public static string Size(long bytes) => string.Create(
        CultureInfo.InvariantCulture, $"<data value=\"{bytes}\" title=\"{Count(bytes, "byte")}\">{HumanSize.Format(bytes)}</data>");

    public static string Icon(string name) => $"<svg class=\"i {name}\" aria-hidden=\"true\"><use href=\"#{name}\"/></svg>";
}
