using System.Globalization;
using System.Net;
using System.Text;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Writes a listing as a page of HTML, row by row. It works without scripts and asks for nothing else.</summary>
internal sealed class ListingPage(string path, Listing listing, ListingOrder order)
{
    private const int BufferSize = 8 << 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public async Task WriteAsync(Stream body, CancellationToken cancellation)
    {
        await using var writer = new StreamWriter(body, Utf8, BufferSize, leaveOpen: true);
        await WriteAsync(writer, Head(), cancellation).ConfigureAwait(false);
        foreach (var item in listing.Items)
        {
            await WriteAsync(writer, Row(item), cancellation).ConfigureAwait(false);
        }

        await WriteAsync(writer, Foot(), cancellation).ConfigureAwait(false);
        await writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private static Task WriteAsync(StreamWriter writer, string text, CancellationToken cancellation) =>
        writer.WriteAsync(text.AsMemory(), cancellation);

    private static string Html(string text) => WebUtility.HtmlEncode(text);

    private static string Icon(string name) => $"<svg class=\"i {name}\" aria-hidden=\"true\"><use href=\"#{name}\"/></svg>";

    private static string Count(int number, string one) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");

    private string Head() => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Index of {Html(path)}</title>
        <style>{PageAssets.Style}</style>
        </head>
        <body>
        {PageAssets.Icons}
        <main>
        <header>
        <nav aria-label="Path">{Breadcrumbs()}</nav>
        </header>
        <table>
        <thead><tr>{Heading(ListingColumn.Name, "Name")}{Heading(ListingColumn.Size, "Size")}{Heading(ListingColumn.Date, "Modified")}</tr></thead>
        <tbody>
        {Parent()}
        """;

    private string Breadcrumbs()
    {
        var crumbs = new StringBuilder();
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var home = Icon("home") + "<span class=\"sr\">Home</span>";
        crumbs.Append(names.Length == 0 ? $"<h1>{home}</h1>" : $"<a href=\"/\">{home}</a>");
        var above = "/";
        for (var i = 0; i < names.Length; i++)
        {
            above += names[i] + "/";
            crumbs.Append("<span class=\"sep\" aria-hidden=\"true\">/</span>").Append(i == names.Length - 1
                ? $"<h1>{Html(names[i])}</h1>"
                : $"<a href=\"{Html(UriPath.Encode(above))}\">{Html(names[i])}</a>");
        }

        return crumbs.ToString();
    }

    private string Heading(ListingColumn column, string text)
    {
        var name = ListingOrder.Name(column);
        var sorted = column != order.Column ? "" : order.IsDescending ? " aria-sort=\"descending\"" : " aria-sort=\"ascending\"";
        return $"<th scope=\"col\" class=\"{name}\"{sorted}><a href=\"{Html(order.Click(column).Query)}\">{text}</a></th>";
    }

    private string Parent() => path == "/" ? "" :
        $"<tr class=\"up\"><td class=\"name\"><a href=\"../{Sorted()}\">{Icon("up")}<span>Parent folder</span></a></td><td class=\"size\"></td><td class=\"date\"></td></tr>\n";

    private string Row(in ListingItem item)
    {
        var name = item.IsDirectory ? item.Name + "/" : item.Name;
        var label = $"{Icon(FileIcons.For(item))}<span>{Html(name)}</span>";

        // The "./" keeps a colon in the name from being read as a scheme.
        var href = $"./{Uri.EscapeDataString(item.Name)}{(item.IsDirectory ? "/" + Sorted() : "")}";
        var cell = item.HasLink
            ? $"<a href=\"{href}\">{label}</a>"
            : $"<span class=\"dead\" title=\"The name is not UTF-8 and has no address\">{label}</span>";
        var size = item.IsDirectory
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"<span title=\"{item.Length:N0} {(item.Length == 1 ? "byte" : "bytes")}\">{HumanSize.Format(item.Length)}</span>");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<tr><td class=\"name\">{cell}</td><td class=\"size\">{size}</td><td class=\"date\"><time datetime=\"{item.LastModified.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{item.LastModified.UtcDateTime:R}\">{item.LastModified.UtcDateTime:yyyy-MM-dd HH:mm}</time></td></tr>\n");
    }

    private string Foot()
    {
        var folders = listing.Items.Count(item => item.IsDirectory);
        var files = listing.Items.Count - folders;
        var total = listing.Items.Sum(item => item.Length);
        var empty = listing.Items.Count == 0 ? "<p class=\"empty\">This folder is empty.</p>\n" : "";
        var cut = listing.IsCut ? $"<p class=\"cut\">There is more than this: only {Count(listing.Items.Count, "name")} are shown.</p>\n" : "";
        var exact = string.Create(CultureInfo.InvariantCulture, $"{total:N0} {(total == 1 ? "byte" : "bytes")}");
        return $"""
            </tbody>
            </table>
            {empty}{cut}<footer><span>{Count(folders, "folder")}, {Count(files, "file")}</span><span title="{exact}">{HumanSize.Format(total)}</span><span>Times are UTC</span></footer>
            </main>
            </body>
            </html>

            """;
    }

    /// <summary>Other directories are shown in the same order.</summary>
    private string Sorted() => order.IsDefault ? "" : Html(order.Query);
}
