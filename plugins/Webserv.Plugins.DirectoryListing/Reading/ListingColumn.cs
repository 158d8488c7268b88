namespace Webserv.Plugins.DirectoryListing.Reading;

/// <summary>What a listing can be sorted by.</summary>
internal enum ListingColumn
{
    Name,
    Size,
    Date,
}
