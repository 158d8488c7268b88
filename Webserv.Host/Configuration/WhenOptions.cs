using System.ComponentModel;

namespace Webserv.Host.Configuration;

/// <summary>Which requests an entry applies to: those that match one value of every list that is not empty.</summary>
internal sealed class WhenOptions
{
    /// <summary>Path patterns: <c>/a/*</c> (that path and everything below it), <c>/a</c> (exactly), <c>*</c> elsewhere stands for any characters but a slash.</summary>
    [Description("Path patterns: `/a/*` (that path and everything below it), `/a` (exactly), `*` elsewhere stands for any characters but a slash. They are compared with the decoded path: `/café/*`, not `/caf%C3%A9/*`. An encoded slash and octets that are no UTF-8 stay encoded there: `%2F`, `%E9`.")]
    public IReadOnlyList<string> Path { get; set; } = [];

    /// <summary>File-name extensions with their dot (<c>.php</c>), anywhere in the path at the end of a segment, so that PATH_INFO may follow.</summary>
    [Description("File-name extensions with their dot (`.php`), anywhere in the path at the end of a segment, so that PATH_INFO may follow.")]
    public IReadOnlyList<string> Extensions { get; set; } = [];

    /// <summary>Methods, case-sensitive; GET includes HEAD.</summary>
    [Description("Methods, case-sensitive. GET includes HEAD.")]
    public IReadOnlyList<string> Methods { get; set; } = [];

    /// <summary>Host names, as in a virtual server's <c>HostNames</c>.</summary>
    [Description("Host names, as in a virtual server's `HostNames`.")]
    public IReadOnlyList<string> Hosts { get; set; } = [];
}
