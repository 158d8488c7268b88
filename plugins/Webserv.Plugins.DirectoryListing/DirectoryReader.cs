using System.IO.Enumeration;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>Reads a directory, and leaves out what a request for it would not find.</summary>
internal sealed class DirectoryReader(IDocumentRoot root, DirectoryListingOptions options)
{
    private const char NotUtf8 = '\uFFFD';

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

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

    private static (ListingItem Item, bool IsSpecial) ToItem(ref FileSystemEntry entry)
    {
        var isLink = entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
        var length = entry.IsDirectory || isLink ? 0 : entry.Length;
        var item = new ListingItem(entry.FileName.ToString(), entry.IsDirectory, length, entry.LastWriteTimeUtc, HasLink: true);

        // Pipes, sockets and devices have no length: like links, they are looked at once more.
        return (item, isLink || (!entry.IsDirectory && length == 0));
    }

    private Listing ReadAll(IFileEntry directory, CancellationToken cancellation)
    {
        var found = new FileSystemEnumerable<(ListingItem Item, bool IsSpecial)>(directory.PhysicalPath, ToItem, Everything)
        {
            ShouldIncludePredicate = (ref entry) => options.ShowHidden || entry.FileName[0] != '.',
        };
        var items = new List<ListingItem>();
        foreach (var (read, isSpecial) in found)
        {
            cancellation.ThrowIfCancellationRequested();
            var item = read;
            if (item.Name.Contains(NotUtf8, StringComparison.Ordinal) && !Path.Exists(Path.Combine(directory.PhysicalPath, item.Name)))
            {
                item = item with { HasLink = false };
            }
            else if (isSpecial && !TryResolve(directory, ref item))
            {
                continue;
            }

            if (items.Count == options.MaxEntries)
            {
                return new Listing(items, IsCut: true);
            }

            items.Add(item);
        }

        return new Listing(items, IsCut: false);
    }

    private bool TryResolve(IFileEntry directory, ref ListingItem item)
    {
        var target = root.FindIn(directory, item.Name);
        switch (target.Kind)
        {
            case FileKind.File:
                item = item with { IsDirectory = false, Length = target.Length, LastModified = target.LastModified };
                return true;
            case FileKind.Directory:
                item = item with { IsDirectory = true, Length = 0 };
                return true;
            default:
                return false;
        }
    }
}
