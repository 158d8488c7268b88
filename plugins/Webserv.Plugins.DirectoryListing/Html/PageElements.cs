using System.Globalization;
using System.Text;
using Webserv.Abstractions.Http;
using Webserv.Plugins.DirectoryListing.Output;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>The parts of a page around its entries.</summary>
internal static class PageElements
{
    // Pages beside the present one that have a link of their own, besides the first and the last.
    private const int Neighbours = 2;

    public static string Breadcrumbs(HtmlListing page)
    {
        var crumbs = new StringBuilder("<ol>");
        var names = page.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var home = HtmlText.Icon("home");
        crumbs.Append(names.Length == 0 ? $"<li><h1>{home} Home</h1></li>" : $"<li><a href=\"/\">{home}<span class=\"sr\">Home</span></a></li>");
        var above = "/";
        for (var i = 0; i < names.Length; i++)
        {
            above += names[i] + "/";
            crumbs.Append("<li>").Append(i == names.Length - 1
                ? $"<h1><bdi>{HtmlText.Encode(names[i])}</bdi></h1>"
                : $"<a href=\"{HtmlText.Encode(UriPath.Encode(above))}\"><bdi>{HtmlText.Encode(names[i])}</bdi></a>").Append("</li>");
        }

        return crumbs.Append("</ol>").ToString();
    }

    /// <summary>A form that works without scripts; the order stays as it is, the page is the first again.</summary>
    public static string FilterForm(HtmlListing page)
    {
        var (order, filter) = (page.Query.Order, page.Query.Filter.Text);
        var kept = order.IsDefault ? "" : $"<input type=\"hidden\" name=\"sort\" value=\"{order.ColumnName}\"><input type=\"hidden\" name=\"order\" value=\"{order.DirectionName}\">";
        var clear = filter.Length == 0 ? "" : $"<a class=\"clear\" href=\"{page.Reference(query => query with { Filter = new NameFilter(""), Page = 1 })}\">Show all</a>";
        return $"""
            <form class="filter" role="search" method="get">{kept}<label for="filter">Filter by name</label><input type="search" id="filter" name="filter" value="{HtmlText.Encode(filter)}" maxlength="{NameFilter.MaxLength}" placeholder="report or *.pdf" autocomplete="off" autocapitalize="none" spellcheck="false"><button>Filter</button>{clear}</form>
            """;
    }

    /// <summary>What is to be known before the list is read: that there is nothing, or more than is shown, or what is looked for.</summary>
    public static string Message(HtmlListing page)
    {
        var (listing, filter) = (page.Listing, page.Query.Filter.Text);
        var cut = listing.IsCut ? "<p class=\"cut\">The folder has more names than the server reads; not all of them are shown.</p>" : "";
        var quoted = $"“<bdi>{HtmlText.Encode(filter)}</bdi>”";
        var found = (listing.Count, filter.Length) switch
        {
            (0, 0) => "<p class=\"empty\">This folder is empty.</p>",
            (_, 0) => "",
            (0, _) => $"<p class=\"empty\">Nothing matches {quoted}.</p>",
            (1, _) => $"<p class=\"found\">1 name matches {quoted}.</p>",
            _ => $"<p class=\"found\">{HtmlText.Number(listing.Count)} names match {quoted}.</p>",
        };
        return $"<div role=\"status\" id=\"status\">{cut}{found}</div>";
    }

    public static string Headings(HtmlListing page) =>
        $"<tr role=\"row\">{Heading(page, ListingColumn.Name, "Name")}{Heading(page, ListingColumn.Size, "Size")}{Heading(page, ListingColumn.Date, "Modified")}</tr>";

    public static string Parent(HtmlListing page) => page.Path == "/" ? "" :
        $"""
        <tr role="row" class="up"><th scope="row" role="rowheader" class="name"><a href="../{EntryElements.InSameOrder(page)}">{HtmlText.Icon("up")}<span>Parent folder</span></a></th><td role="cell" class="size"></td><td role="cell" class="date"></td></tr>

        """;

    public static string Pagination(HtmlListing page)
    {
        var (current, last) = (page.Query.Page, page.Listing.Pages);
        if (last == 1)
        {
            return "";
        }

        var links = new StringBuilder("<nav class=\"pages\" aria-label=\"Pages\"><ol>");
        Step(links, page, current - 1, "Previous", "prev");
        var previous = 0;
        foreach (var number in Numbers(current, last))
        {
            links.Append(number > previous + 1 ? "<li aria-hidden=\"true\">…</li>" : "").Append(number == current
                ? $"<li><a class=\"n\" aria-current=\"page\" aria-label=\"Page {HtmlText.Number(number)}\" href=\"{At(page, number)}\">{HtmlText.Number(number)}</a></li>"
                : $"<li><a class=\"n\" aria-label=\"Page {HtmlText.Number(number)}\" href=\"{At(page, number)}\">{HtmlText.Number(number)}</a></li>");
            previous = number;
        }

        Step(links, page, current + 1, "Next", "next");
        return links.Append("</ol></nav>").ToString();
    }

    public static string Readme(HtmlListing page) =>
        page.Readme.Length == 0 || page.Listing.Readme is not { } file ? "" : $"""
            <section class="readme" aria-labelledby="readme"><h2 id="readme">{HtmlText.Icon("text")}{HtmlText.Encode(Path.GetFileName(file.PhysicalPath))}</h2>
            {page.Readme}</section>
            """;

    public static string Summary(HtmlListing page)
    {
        var listing = page.Listing;
        var shown = listing.Pages == 1
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"<span>Page {page.Query.Page:N0} of {listing.Pages:N0}</span>");
        return $"<span>{HtmlText.Count(listing.Folders, "folder")}, {HtmlText.Count(listing.Files, "file")}</span><span>{HtmlText.Size(listing.Bytes)}</span>{shown}<span>Times are UTC</span>";
    }

    public static string Formats(HtmlListing page) =>
        $"<span class=\"formats\"><a href=\"{page.Reference(query => query with { Format = ListingFormat.Json })}\" type=\"application/json\">JSON</a><a href=\"{page.Reference(query => query with { Format = ListingFormat.Text })}\" type=\"text/plain\">Text</a></span>";

    private static string Heading(HtmlListing page, ListingColumn column, string text)
    {
        var order = page.Query.Order;
        var name = new ListingOrder(column, false).ColumnName;
        var sorted = column != order.Column ? "" : order.IsDescending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"";
        return $"<th scope=\"col\" role=\"columnheader\" class=\"{name}\"{sorted}><a href=\"{page.Reference(query => query with { Order = order.Click(column), Page = 1 })}\"><span class=\"sr\">Sort by</span> {text}</a></th>";
    }

    private static IEnumerable<int> Numbers(int current, int last)
    {
        for (var number = 1; number <= last; number++)
        {
            // From one end of the run to the next: there may be a hundred thousand pages.
            if (number == 2 && current - Neighbours > 2)
            {
                number = current - Neighbours;
            }
            else if (number == current + Neighbours + 1 && number < last)
            {
                number = last;
            }

            yield return number;
        }
    }

    private static string At(HtmlListing page, int number) => page.Reference(query => query with { Page = number });

    private static void Step(StringBuilder links, HtmlListing page, int number, string text, string relation)
    {
        if (number >= 1 && number <= page.Listing.Pages)
        {
            links.Append(CultureInfo.InvariantCulture, $"<li><a rel=\"{relation}\" href=\"{At(page, number)}\">{text}</a></li>");
        }
    }
}
