using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles;

/// <summary>How an entry answers with the files below its root.</summary>
public sealed class StaticFilesOptions
{
    private static readonly string[] DefaultIndex = ["index.html"];

    /// <summary>
    /// The names that are tried in a directory, in this order. An empty list is none. A directory without one of them is left to
    /// what follows in the pipeline. Default: <c>["index.html"]</c>.
    /// </summary>
    public IList<string>? Index { get; set; }

    /// <summary>
    /// Media types by extension, with or without its dot, ignoring case; they go before the built-in table:
    /// <c>{ ".md": "text/markdown" }</c>. Default: none.
    /// </summary>
    public IDictionary<string, string> ContentTypes { get; set; } = new Dictionary<string, string>();

    /// <summary>The media type of files whose extension is unknown. Empty to send none.</summary>
    public string DefaultContentType { get; set; } = "application/octet-stream";

    /// <summary>
    /// The charset that is named for text, JavaScript and JSON, where the media type does not name one itself. Empty to name
    /// none.
    /// </summary>
    public string Charset { get; set; } = "utf-8";

    /// <summary>Whether names that begin with a dot are served. <c>.well-known</c> always is (RFC 8615).</summary>
    public bool ServeDotFiles { get; set; }

    /// <summary>
    /// Which symbolic links are followed; a path that leads through any other is answered 403. With <c>Follow</c> a link
    /// may lead out of the root, to every file that the server can read.
    /// </summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;

    /// <summary>The Cache-Control field of the answers, for example <c>public, max-age=3600</c>. Default: none is sent.</summary>
    public string? CacheControl { get; set; }

    /// <summary>The names to try: what is configured, or the default. A binder adds to a list that is not empty, so the default is not in it.</summary>
    internal IReadOnlyList<string> GetIndex() => Index is null ? DefaultIndex : [.. Index];
}
