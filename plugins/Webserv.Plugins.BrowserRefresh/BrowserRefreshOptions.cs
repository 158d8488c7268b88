namespace Webserv.Plugins.BrowserRefresh;

/// <summary>What an entry may say.</summary>
public sealed class BrowserRefreshOptions
{
    /// <summary>
    /// Where the script of the pages asks, below what the entry is for: the path begins with a slash and holds letters, digits and
    /// <c>/ . - _</c>. The script itself is there with <c>.js</c> behind it. Nobody else gets requests for the two.
    /// </summary>
    public string Path { get; set; } = "/.webserv/refresh";

    /// <summary>
    /// Whether pages are also loaded again when a file below the entry's root changes. What lies in directories whose names begin with a dot
    /// does not count, nor do files with such names.
    /// </summary>
    public bool Files { get; set; } = true;

    /// <summary>
    /// Whether a client on the same machine that asks for a page sees what a handler threw, with its stack, in place of the error page
    /// for 500.
    /// </summary>
    public bool ShowExceptions { get; set; } = true;
}
