using System.Collections.Frozen;
using Webserv.Abstractions.Http;

namespace Webserv.Host.Http1;

/// <summary>What must not come in a trailer section (RFC 9110 section 6.5.1).</summary>
internal static class TrailerRules
{
    // What frames or routes a message, controls or authenticates a request, describes the content or the path it came.
    private static readonly FrozenSet<string> Dropped = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        Fields.ContentLength, Fields.TransferEncoding, Fields.Trailer, Fields.TE, Fields.Connection, Fields.KeepAlive, Fields.Upgrade,
        "Proxy-Connection", Fields.Host, "Forwarded", "X-Real-IP", "Via", "Cache-Control", "Pragma", "Expect", "Max-Forwards", "Range",
        "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range", "Authorization", "Proxy-Authorization",
        "Cookie", "Set-Cookie", "WWW-Authenticate", "Proxy-Authenticate", "Content-Type", "Content-Encoding", "Content-Range",
        "Content-Location", "Date", "Age", "Expires", "Location", "Retry-After", "Vary", "Warning");

    /// <summary>Whether nobody gets to see such a trailer field.</summary>
    public static bool IsDropped(string name) => Dropped.Contains(name) || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase);
}
