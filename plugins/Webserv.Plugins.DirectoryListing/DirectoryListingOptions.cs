using Webserv.Abstractions.Files;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>What listings show. Give the same rules to the entry that serves the files.</summary>
public sealed class DirectoryListingOptions
{
    /// <summary>Whether names that begin with a dot are shown, and directories with such names listed.</summary>
    public bool ShowHidden { get; set; }

    /// <summary>Which symbolic links are shown, and which directories behind them listed.</summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;

    /// <summary>The most names on one page, 1 to 100000. Where a directory has more, the page says so and shows that many of them.</summary>
    public int MaxEntries { get; set; } = 10_000;
}
