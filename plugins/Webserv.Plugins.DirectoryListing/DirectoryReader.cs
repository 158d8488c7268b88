using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Reads a directory through the document root, whose rules decide what is found in it.</summary>
internal sealed class DirectoryReader(IDocumentRoot root, DirectoryListingOptions options)
{
    /// <exception cref="HttpException">403 where the directory can not be read, 404 where it is gone.</exception>
    public Listing Read(IFileEntry directory, CancellationToken cancellation)
    {
        try
        {
            return ReadAll(directory, cancellation);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new HttpException(StatusCodes.Forbidden, "The directory can not be read.", exception);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new HttpException(StatusCodes.NotFound, "The directory is gone.", exception);
        }
    }

    private Listing ReadAll(IFileEntry directory, CancellationToken cancellation)
    {
        var items = new List<ListingItem>();
        foreach (var found in root.Enumerate(directory))
        {
            cancellation.ThrowIfCancellationRequested();

            // The root finds .well-known in any case; here it is as hidden as its like.
            if (!options.ShowHidden && found.Name[0] == '.')
            {
                continue;
            }

            if (items.Count == options.MaxEntries)
            {
                return new Listing(items, IsCut: true);
            }

            items.Add(new ListingItem(found.Name, found.Kind == FileKind.Directory, found.Length, found.LastModified, found.HasRequestPath));
        }

        return new Listing(items, IsCut: false);
    }
}
