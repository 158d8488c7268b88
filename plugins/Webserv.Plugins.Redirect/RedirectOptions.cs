using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Redirect;

/// <summary>Where requests are sent.</summary>
public sealed class RedirectOptions
{
    /// <summary>
    /// A path (<c>/new/</c>) or a URL (<c>https://example.com/</c>), percent-encoded. Where its path ends with a slash, what
    /// is behind the literal beginning of <c>When.Path</c> is appended: with <c>/old/*</c> and <c>/new/</c>,
    /// <c>/old/a/b?x</c> goes to <c>/new/a/b?x</c>. Without the slash it replaces the whole path. The request's query is kept
    /// unless this has one. Required.
    /// </summary>
    public string To { get; set; } = "";

    /// <summary>The status: 301 or 308 for good, 302, 303 or 307 for now; 307 and 308 keep method and body. Any other is an error.</summary>
    public int Status { get; set; } = StatusCodes.Found;
}
