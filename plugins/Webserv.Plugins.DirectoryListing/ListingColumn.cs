namespace Webserv.Plugins.DirectoryListing;

/// <summary>What a listing can be sorted by.</summary>
internal enum ListingColumn
{
    Name,
    Size,
    Date,
}
