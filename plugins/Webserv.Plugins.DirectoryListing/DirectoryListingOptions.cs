using Webserv.Abstractions.Files;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>What listings show. Give the same rules to the entry that serves the files.</summary>
public sealed class DirectoryListingOptions
{
    /// <summary>Whether names that begin with a dot are shown. Default: false.</summary>
    public bool ShowHidden { get; set; }

    /// <summary>Which symbolic links are shown: <c>InsideRoot</c>, <c>Deny</c> (none) or <c>Follow</c> (all). Default: <c>InsideRoot</c>.</summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;

    /// <summary>The most names on one page, 1 to 100000; the page says when there are more. Default: 10000.</summary>
    public int MaxEntries { get; set; } = 10_000;
}
