using System.Globalization;
using Webserv.Plugins.DirectoryListing.Output;
using Webserv.Plugins.DirectoryListing.Reading;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>All placeholders of templates. docs/listings.md says what they are for.</summary>
internal static class Placeholders
{
    /// <summary>Those that stand for something of the page.</summary>
    public static readonly Dictionary<string, Placeholder<Func<HtmlListing, string>>> Page = new(StringComparer.Ordinal)
    {
        ["path"] = Text(page => page.Path),
        ["name"] = Text(page => page.Name),
        ["filter"] = Text(page => page.Query.Filter.Text),
        ["folders"] = Text(page => HtmlText.Number(page.Listing.Folders)),
        ["files"] = Text(page => HtmlText.Number(page.Listing.Files)),
        ["size"] = Text(page => HumanSize.Format(page.Listing.Bytes)),
        ["bytes"] = Text(page => page.Listing.Bytes.ToString(CultureInfo.InvariantCulture)),
        ["page"] = Text(page => HtmlText.Number(page.Query.Page)),
        ["pages"] = Text(page => HtmlText.Number(page.Listing.Pages)),
        ["style"] = Elements(_ => $"<style>{PageAssets.Style}</style>"),
        ["script"] = Elements(_ => $"<script>{PageAssets.Script}</script>"),
        ["icons"] = Elements(_ => PageAssets.Icons),
        ["breadcrumbs"] = Elements(PageElements.Breadcrumbs),
        ["filterForm"] = Elements(PageElements.FilterForm),
        ["message"] = Elements(PageElements.Message),
        ["headings"] = Elements(PageElements.Headings),
        ["parent"] = Elements(PageElements.Parent),
        ["pagination"] = Elements(PageElements.Pagination),
        ["readme"] = Elements(PageElements.Readme),
        ["summary"] = Elements(PageElements.Summary),
        ["formats"] = Elements(PageElements.Formats),
    };

    /// <summary>Those that stand for something of an entry, between <c>{{#entries}}</c> and <c>{{/entries}}</c>.</summary>
    public static readonly Dictionary<string, Placeholder<Func<HtmlListing, ListingItem, string>>> Entry = new(StringComparer.Ordinal)
    {
        ["name"] = Text((_, item) => item.Name),
        ["href"] = new(PlaceholderKind.Address, EntryElements.Href),
        ["type"] = Text((_, item) => item.IsDirectory ? "folder" : "file"),
        ["size"] = Text((_, item) => item.Size is { } size ? HumanSize.Format(size) : ""),
        ["bytes"] = Text((_, item) => item.Size?.ToString(CultureInfo.InvariantCulture) ?? ""),
        ["date"] = Text((_, item) => Time(item, "yyyy-MM-dd HH:mm")),
        ["datetime"] = Text((_, item) => Time(item, "yyyy-MM-ddTHH:mm:ssZ")),
        ["icon"] = new(PlaceholderKind.Elements, (_, item) => HtmlText.Icon(FileIcons.For(item))),
        ["link"] = new(PlaceholderKind.Elements, EntryElements.Link),
        ["row"] = new(PlaceholderKind.Elements, EntryElements.Row),
    };

    private static Placeholder<Func<HtmlListing, string>> Text(Func<HtmlListing, string> text) =>
        new(PlaceholderKind.Text, page => HtmlText.Encode(text(page)));

    private static Placeholder<Func<HtmlListing, ListingItem, string>> Text(Func<HtmlListing, ListingItem, string> text) =>
        new(PlaceholderKind.Text, (page, item) => HtmlText.Encode(text(page, item)));

    private static Placeholder<Func<HtmlListing, string>> Elements(Func<HtmlListing, string> elements) => new(PlaceholderKind.Elements, elements);

    private static string Time(in ListingItem item, string format) =>
        item.HasFacts ? item.Modified.ToString(format, CultureInfo.InvariantCulture) : "";
}
