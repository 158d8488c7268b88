namespace Webserv.Plugins.DirectoryListing;

/// <summary>What is in a directory.</summary>
/// <param name="Items">Files and directories.</param>
/// <param name="IsCut">Whether there is more than may be shown.</param>
internal sealed record Listing(List<ListingItem> Items, bool IsCut);
