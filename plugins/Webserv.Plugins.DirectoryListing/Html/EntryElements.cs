using System.Globalization;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>What a page shows of an entry.</summary>
internal static class EntryElements
{
    /// <summary>The address; empty where there is none. Other directories are shown in the same order.</summary>
    public static string Href(HtmlListing page, ListingItem item) =>
        !item.HasLink ? ""
        : item.IsDirectory ? item.Href + InSameOrder(page)
        : item.Href;

    /// <summary>What is behind the path of another directory.</summary>
    public static string InSameOrder(HtmlListing page) =>
        page.Query.Order.IsDefault ? "" : HtmlText.Encode(new ListingQuery { Order = page.Query.Order }.ToReference());

    public static string Link(HtmlListing page, ListingItem item)
    {
        // The name alone is isolated: letters from right to left, or marks that pretend it, turn nothing else round.
        var label = $"{HtmlText.Icon(FileIcons.For(item))}<bdi>{HtmlText.Encode(item.Label)}</bdi>"
            + (item.IsSymbolicLink ? " <span class=\"mark\" title=\"Symbolic link\"><span class=\"sr\">symbolic</span> link</span>" : "");
        return item.HasLink
            ? $"<a href=\"{Href(page, item)}\">{label}</a>"
            : $"<span class=\"dead\">{label} <span class=\"mark\" title=\"No request can name it: it is not UTF-8, or holds a backslash\">no address</span></span>";
    }

    /// <summary>A row of the table. The roles say again what the elements are, because the style of narrow windows takes it from them.</summary>
    public static string Row(HtmlListing page, ListingItem item)
    {
        var size = item.Size is { } length ? HtmlText.Size(length) : "";
        var time = !item.HasFacts ? "" : string.Create(
            CultureInfo.InvariantCulture,
            $"<time datetime=\"{item.Modified:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{item.Modified:R}\">{item.Modified:yyyy-MM-dd HH:mm}</time>");
        return $"""
            <tr role="row"><th scope="row" role="rowheader" class="name">{Link(page, item)}</th><td role="cell" class="size">{size}</td><td role="cell" class="date">{time}</td></tr>

            """;
    }
}
