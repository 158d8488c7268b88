namespace Webserv.Plugins.DirectoryListing.Requests;

/// <summary>What a listing can be sent as. Where a client likes two equally, it gets the first.</summary>
internal enum ListingFormat
{
    Html,
    Json,
    Text,
}
