using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Plugins.DirectoryListing.Requests;

namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>Reads a directory through the document root, whose rules decide what is found in it.</summary>
internal sealed class DirectoryReader(IDocumentRoot root, DirectoryListingOptions options, HiddenNames hidden) : IDisposable
{
    // What a reading holds is bounded by MaxEntries; how many hold it at once, by this.
    private const int MaxReadings = 4;

    private static readonly string[] DefaultReadme = ["README.md", "README.txt", "README"];

    private readonly string[] _readme = options.Readme is null ? DefaultReadme : [.. options.Readme];
    private readonly SemaphoreSlim _turns = new(MaxReadings);

    /// <summary>Reads the page of a directory that a query asks for.</summary>
    /// <exception cref="HttpException">403 where the directory can not be read, 404 where it is gone, or has no such page.</exception>
    public async Task<Listing> ReadAsync(IFileEntry directory, ListingQuery query, CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        Listing listing;
        try
        {
            listing = Read(directory, query, cancellation);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new HttpException(StatusCodes.Forbidden, "The directory can not be read.", exception);
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new HttpException(StatusCodes.NotFound, "The directory is gone.", exception);
        }
        finally
        {
            _turns.Release();
        }

        return query.Page <= listing.Pages
            ? listing
            : throw new HttpException(StatusCodes.NotFound, $"The listing has {listing.Pages} pages and no page {query.Page}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private Listing Read(IFileEntry directory, ListingQuery query, CancellationToken cancellation)
    {
        var end = (int)Math.Min((long)query.Page * options.PageSize, options.MaxEntries);
        var window = new PageWindow(query.Order, end);
        var readme = new ReadmeChoice(_readme);
        int read = 0, folders = 0, files = 0;
        var bytes = 0L;
        var isCut = false;
        foreach (var found in root.Enumerate(directory))
        {
            cancellation.ThrowIfCancellationRequested();
            if (hidden.Hides(found.Name))
            {
                continue;
            }

            if (read++ == options.MaxEntries)
            {
                isCut = true;
                break;
            }

            var item = new ListingItem(
                found.Name, found.Length, found.LastModified.UtcDateTime, found.Kind == FileKind.Directory, found.IsSymbolicLink, found.HasRequestPath);
            readme.Consider(item);
            if (!query.Filter.Matches(item.Name))
            {
                continue;
            }

            window.Add(item);
            folders += item.IsDirectory ? 1 : 0;
            files += item.IsDirectory ? 0 : 1;
            bytes += item.Length;
        }

        // Below a page of the list that is not its beginning it would only be in the way.
        var shown = query.IsWhole && readme.Name is not null && root.FindIn(directory, readme.Name) is { Kind: FileKind.File } file ? file : null;
        var skip = Math.Min((long)(query.Page - 1) * options.PageSize, int.MaxValue);
        return new Listing(window.Take((int)skip), folders, files, bytes, options.PageSize, isCut, shown);
    }
}
