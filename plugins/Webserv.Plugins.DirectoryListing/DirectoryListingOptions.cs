using Webserv.Abstractions.Configuration;
using Webserv.Abstractions.Files;

namespace Webserv.Plugins.DirectoryListing;

/// <summary>What listings show. Give the same rules to the entry that serves the files.</summary>
public sealed class DirectoryListingOptions
{
    /// <summary>Whether names that begin with a dot are shown, and directories with such names listed.</summary>
    public bool ShowHidden { get; set; }

    /// <summary>
    /// Names that are not shown, as patterns with <c>*</c> and <c>?</c>, without regard to case: <c>["*.bak", "secret*"]</c>.
    /// Directories with such names, and those below them, are not listed. Who knows the name of a file can still fetch it:
    /// that is for the entry that serves it. Default: none.
    /// </summary>
    public IList<string> Hide { get; set; } = [];

    /// <summary>Which symbolic links are shown, and which directories behind them listed.</summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;

    /// <summary>The most names on one page, 1 to 100000.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>
    /// The most names that are read of a directory, 1 to 1000000. Where it has more, the listing says so and shows some of
    /// them. A page that is far from the first holds that many in memory while the directory is read.
    /// </summary>
    public int MaxEntries { get; set; } = 100_000;

    /// <summary>
    /// The names of files that are shown below the list, in order of preference, without regard to case. Those that end in
    /// <c>.md</c> are read as Markdown, without HTML of their own; others are shown as text. An empty list is none: do that where
    /// strangers may put files. Default: <c>["README.md", "README.txt", "README"]</c>.
    /// </summary>
    public IList<string>? Readme { get; set; }

    /// <summary>How much of such a file is shown, 1 byte to 64 KB.</summary>
    public ByteSize ReadmeMaxSize { get; set; } = ByteSize.FromKilobytes(64);

    /// <summary>
    /// A file with the page's HTML, relative to the configuration file, with placeholders in double braces: see
    /// docs/listings.md. It is checked when the server starts or reloads, and read again when it changes. Default: the page that comes with the server.
    /// </summary>
    public string? Template { get; set; }

    /// <summary>
    /// The Content-Security-Policy of the page. Default: one that allows what the page consists of and nothing else; with a
    /// <c>Template</c> also scripts, styles and images of the same site, and what stands in the template itself.
    /// </summary>
    public string? ContentSecurityPolicy { get; set; }
}
