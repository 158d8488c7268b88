using Microsoft.Extensions.Primitives;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.StaticFiles;

/// <summary>How an entry answers with the files below its root.</summary>
public sealed class StaticFilesOptions
{
    private static readonly string[] DefaultIndex = ["index.html"];

    /// <summary>
    /// The names that are tried in a directory, in this order. An empty list is none. A directory without one of them is left to
    /// what follows in the pipeline. Scripts cannot be among them: files are sent, never run; the entry of the scripts has an
    /// <c>Index</c> of its own. Default: <c>["index.html"]</c>.
    /// </summary>
    public IList<string>? Index { get; set; }

    /// <summary>
    /// The status of a directory without an index file, 403 or 404, which hides from what follows (<c>DirectoryListing</c>) that
    /// it was asked for. Default: it is left to what follows.
    /// </summary>
    public int? NoIndexStatus { get; set; }

    /// <summary>
    /// What is tried for GET and HEAD, in this order, until one is there: <c>["{path}", "{path}.html", "{path}/", "=404"]</c>.
    /// <c>{path}</c> stands for the path of the request; a path with a slash at its end is a directory with an index file, any
    /// other a file. Paths are those that requests have, and nothing outside the root is found by them; files are sent, never run.
    /// A status, 400 to 599, may be the last. Where nothing is there and no status is given, the request is left to what
    /// follows. Default: the path itself, as file and as directory.
    /// </summary>
    public IList<string> TryFiles { get; set; } = [];

    /// <summary>
    /// The path of a file that stands for all pages of an application with one page, as <c>/index.html</c>: where there is
    /// nothing, a browser that goes to a page gets this file, with 200. Scripts, pictures and whatever else a page asks for,
    /// methods other than GET and HEAD, and directories are left to what follows; with a <c>Vary</c> where a page would have been
    /// answered otherwise. Default: none.
    /// </summary>
    public string? Fallback { get; set; }

    /// <summary>
    /// What happens to a path that differs from the names on disk in upper and lower case, where nothing else that is to be tried
    /// for it is there. For <c>Redirect</c> and <c>Ignore</c>, directories are read when a path names nothing, and their names are
    /// remembered until they change; in a directory of more than 30000 names nothing is found in another case. A name that has
    /// just come is found in another case a second later.
    /// </summary>
    public CaseSensitivity CaseSensitivity { get; set; } = CaseSensitivity.Exact;

    /// <summary>
    /// Media types by extension, with or without its dot, ignoring case; they go before the built-in table (that of mime-db):
    /// <c>{ ".md": "text/markdown", ".d.ts": "text/plain" }</c>. The longest extension that fits counts. Default: none.
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
    /// may lead out of the root, to every file that the server can read, and with <c>SameOwner</c> to those of its own owner.
    /// </summary>
    public SymbolicLinkPolicy SymbolicLinks { get; set; } = SymbolicLinkPolicy.InsideRoot;

    /// <summary>
    /// The Cache-Control field of the answers, for example <c>public, max-age=3600</c>, where no rule of <c>CacheRules</c> is for the
    /// file. Default: none is sent.
    /// </summary>
    public string? CacheControl { get; set; }

    /// <summary>
    /// How long which files may be kept by caches; the first rule that is for a file decides. Default: none.
    /// </summary>
    public IList<CacheRule> CacheRules { get; set; } = [];

    /// <summary>
    /// The media types that are sent as they are; of any other, what is text goes out as <c>text/plain</c> and the rest as
    /// <c>application/octet-stream</c>. For directories that strangers write to. <c>image/png</c> is one type; <c>image/*</c>
    /// is all of a kind but those that a browser runs (HTML, JavaScript and XML, SVG with it), which must be named to be let
    /// through. Default: empty, which is every type.
    /// </summary>
    public IList<string> OnlyContentTypes { get; set; } = [];

    /// <summary>
    /// Whether <c>X-Content-Type-Options: nosniff</c> is sent, which keeps browsers from taking a file for something else
    /// than its media type says. Default: <see langword="false"/>.
    /// </summary>
    public bool NoSniff { get; set; }

    /// <summary>
    /// The most ranges of a request that are answered with parts of the file, 0 to 256; a request for more gets the whole. Several
    /// that overlap or touch are sent as one. With 1 there is no <c>multipart/byteranges</c>; with 0 ranges are not answered at
    /// all, and <c>Accept-Ranges</c> says so.
    /// </summary>
    public int MaxRanges { get; set; } = 32;

    /// <summary>
    /// More fields of the answers with a file, for example <c>{ "Content-Security-Policy": "sandbox" }</c>. Fields that
    /// the server or other options set (Content-Length, Content-Type, ETag, Expires, …) cannot be among them; <c>Vary</c> is added
    /// to what the answer varies by already. Default: none.
    /// </summary>
    public IDictionary<string, string> ExtraFields { get; set; } = new Dictionary<string, string>();

    /// <summary>
    /// The codings in which files lie beside those that are asked for, coded beforehand: <c>br</c> (<c>app.js.br</c> beside
    /// <c>app.js</c>), <c>zstd</c> (<c>.zst</c>) and <c>gzip</c> (<c>.gz</c>). A client that accepts one of them gets that file,
    /// with the media type of the one that it asked for and by ranges too; among several it likes equally well, the first of
    /// this list. One that is older than the file it should hold is not served. Leave it empty where strangers write: they
    /// could put such a file beside somebody else's. Default: none.
    /// </summary>
    public IList<string> Precompressed { get; set; } = [];

    /// <summary>
    /// Compression of files that do not lie there compressed, when they are asked for. Default: none.
    /// </summary>
    public CompressionOptions Compression { get; set; } = new();

    /// <summary>The names to try: what is configured, or the default. A binder adds to a list that is not empty, so the default is not in it.</summary>
    internal IReadOnlyList<string> GetIndex() => Index is null ? DefaultIndex : [.. Index];

    /// <summary>The fields that every answer with a file has, whatever the file, but for Vary.</summary>
    internal KeyValuePair<string, StringValues>[] GetExtraFields()
    {
        var fields = new List<KeyValuePair<string, StringValues>>(ExtraFields.Count + 1);
        if (NoSniff)
        {
            fields.Add(new(Fields.XContentTypeOptions, "nosniff"));
        }

        foreach (var (name, value) in ExtraFields)
        {
            if (!IsVary(name))
            {
                fields.Add(new(name, value));
            }
        }

        return [.. fields];
    }

    /// <summary>What is to be added to Vary, if anything.</summary>
    internal string? GetExtraVary()
    {
        foreach (var (name, value) in ExtraFields)
        {
            if (IsVary(name))
            {
                return value;
            }
        }

        return null;
    }

    private static bool IsVary(string name) => name.Equals(Fields.Vary, StringComparison.OrdinalIgnoreCase);
}
