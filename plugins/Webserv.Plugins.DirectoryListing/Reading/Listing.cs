using Webserv.Abstractions.Files;

namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>A page of what is in a directory, and what there is in all.</summary>
/// <param name="Items">What stands on the page, in order.</param>
/// <param name="Folders">How many directories there are, on all pages.</param>
/// <param name="Files">How many files there are, on all pages.</param>
/// <param name="Bytes">How long these files are together.</param>
/// <param name="PageSize">How many items a page has.</param>
/// <param name="IsCut">Whether the directory has more names than are read.</param>
/// <param name="Readme">The file to show below the list, if there is one.</param>
internal sealed record Listing(
    IReadOnlyList<ListingItem> Items, int Folders, int Files, long Bytes, int PageSize, bool IsCut, IFileEntry? Readme)
{
    /// <summary>How many items there are, on all pages.</summary>
    public int Count => Folders + Files;

    /// <summary>How many pages there are; one where there is nothing.</summary>
    public int Pages => Math.Max(1, (Count + PageSize - 1) / PageSize);
}
