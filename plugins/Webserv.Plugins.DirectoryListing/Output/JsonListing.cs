using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Output;

/// <summary>Writes a listing as JSON, in the shape that docs/listings.md promises.</summary>
internal static class JsonListing
{
    // Letters of every script stay readable; what means something in HTML is escaped, for those who paste it there.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static async Task WriteAsync(BodyBuffer buffer, string path, Listing listing, ListingQuery query, CancellationToken cancellation)
    {
        await using var json = new Utf8JsonWriter(buffer, Options);
        WriteHead(json, path, listing, query);
        foreach (var item in listing.Items)
        {
            WriteItem(json, item);
            json.Flush();
            await buffer.SendIfFullAsync(cancellation).ConfigureAwait(false);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n");
        await buffer.SendAsync(cancellation).ConfigureAwait(false);
    }

    private static void WriteHead(Utf8JsonWriter json, string path, Listing listing, ListingQuery query)
    {
        json.WriteStartObject();
        json.WriteString("path"u8, path);
        json.WriteString("sort"u8, query.Order.ColumnName);
        json.WriteString("order"u8, query.Order.DirectionName);
        json.WriteString("filter"u8, query.Filter.Text.Length == 0 ? null : query.Filter.Text);
        json.WriteNumber("folders"u8, listing.Folders);
        json.WriteNumber("files"u8, listing.Files);
        json.WriteNumber("bytes"u8, listing.Bytes);
        json.WriteBoolean("truncated"u8, listing.IsCut);
        json.WriteNumber("page"u8, query.Page);
        json.WriteNumber("pages"u8, listing.Pages);
        json.WriteNumber("pageSize"u8, listing.PageSize);
        json.WriteString("previous"u8, query.Page == 1 ? null : (query with { Page = query.Page - 1 }).ToReference());
        json.WriteString("next"u8, query.Page == listing.Pages ? null : (query with { Page = query.Page + 1 }).ToReference());
        json.WriteStartArray("entries"u8);
    }

    private static void WriteItem(Utf8JsonWriter json, in ListingItem item)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, item.Name);
        json.WriteString("type"u8, item.IsDirectory ? "folder" : "file");
        if (item.Size is { } size)
        {
            json.WriteNumber("size"u8, size);
        }
        else
        {
            json.WriteNull("size"u8);
        }

        json.WriteString("modified"u8, item.HasFacts ? item.Modified.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : null);
        json.WriteBoolean("symlink"u8, item.IsSymbolicLink);
        json.WriteString("href"u8, item.HasLink ? item.Href : null);
        json.WriteEndObject();
    }
}
