using Webserv.Plugins.DirectoryListing.Output;
using Webserv.Plugins.DirectoryListing.Reading;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Html;

/// <summary>What a page is made of.</summary>
/// <param name="Path">The path of the directory, decoded.</param>
/// <param name="Listing">What is in it.</param>
/// <param name="Query">What was asked for.</param>
/// <param name="Readme">The HTML of the file below the list; empty for none.</param>
internal sealed record HtmlListing(string Path, Listing Listing, ListingQuery Query, string Readme)
{
    /// <summary>The name of the directory; a slash for the root.</summary>
    public string Name => Path.TrimEnd('/') is { Length: > 0 } path ? path[(path.LastIndexOf('/') + 1)..] : "/";

    /// <summary>A reference to this listing in another order or on another page.</summary>
    public string Reference(Func<ListingQuery, ListingQuery> change) => HtmlText.Encode(change(Query).ToReference());

    /// <summary>Writes the page of a template, row by row.</summary>
    public async Task WriteAsync(BodyBuffer buffer, ListingTemplate template, CancellationToken cancellation)
    {
        foreach (var part in template.Parts)
        {
            buffer.Write(part.Literal);
            if (part.Page is not null)
            {
                buffer.Write(part.Page(this));
            }

            foreach (var item in part.Entry.Count == 0 ? [] : Listing.Items)
            {
                foreach (var (literal, write) in part.Entry)
                {
                    buffer.Write(literal);
                    buffer.Write(write?.Invoke(this, item));
                }

                await buffer.SendIfFullAsync(cancellation).ConfigureAwait(false);
            }
        }

        await buffer.SendAsync(cancellation).ConfigureAwait(false);
    }
}
