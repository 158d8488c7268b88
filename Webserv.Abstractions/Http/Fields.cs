namespace Webserv.Abstractions.Http;

/// <summary>Field names, spelled as in the registry of RFC 9110 section 18.4.</summary>
public static class Fields
{
    /// <summary>Accept.</summary>
    public const string Accept = "Accept";

    /// <summary>Accept-Encoding.</summary>
    public const string AcceptEncoding = "Accept-Encoding";

    /// <summary>Accept-Ranges.</summary>
    public const string AcceptRanges = "Accept-Ranges";

    /// <summary>Allow.</summary>
    public const string Allow = "Allow";

    /// <summary>Authorization.</summary>
    public const string Authorization = "Authorization";

    /// <summary>Cache-Control.</summary>
    public const string CacheControl = "Cache-Control";

    /// <summary>Connection.</summary>
    public const string Connection = "Connection";

    /// <summary>Content-Disposition.</summary>
    public const string ContentDisposition = "Content-Disposition";

    /// <summary>Content-Encoding.</summary>
    public const string ContentEncoding = "Content-Encoding";

    /// <summary>Content-Language.</summary>
    public const string ContentLanguage = "Content-Language";

    /// <summary>Content-Length.</summary>
    public const string ContentLength = "Content-Length";

    /// <summary>Content-Location.</summary>
    public const string ContentLocation = "Content-Location";

    /// <summary>Content-Range.</summary>
    public const string ContentRange = "Content-Range";

    /// <summary>Content-Security-Policy.</summary>
    public const string ContentSecurityPolicy = "Content-Security-Policy";

    /// <summary>Content-Type.</summary>
    public const string ContentType = "Content-Type";

    /// <summary>Cookie.</summary>
    public const string Cookie = "Cookie";

    /// <summary>Date.</summary>
    public const string Date = "Date";

    /// <summary>ETag.</summary>
    public const string ETag = "ETag";

    /// <summary>Expect.</summary>
    public const string Expect = "Expect";

    /// <summary>Expires.</summary>
    public const string Expires = "Expires";

    /// <summary>Forwarded (RFC 7239).</summary>
    public const string Forwarded = "Forwarded";

    /// <summary>Host.</summary>
    public const string Host = "Host";

    /// <summary>If-Match.</summary>
    public const string IfMatch = "If-Match";

    /// <summary>If-Modified-Since.</summary>
    public const string IfModifiedSince = "If-Modified-Since";

    /// <summary>If-None-Match.</summary>
    public const string IfNoneMatch = "If-None-Match";

    /// <summary>If-Range.</summary>
    public const string IfRange = "If-Range";

    /// <summary>If-Unmodified-Since.</summary>
    public const string IfUnmodifiedSince = "If-Unmodified-Since";

    /// <summary>Keep-Alive.</summary>
    public const string KeepAlive = "Keep-Alive";

    /// <summary>Last-Modified.</summary>
    public const string LastModified = "Last-Modified";

    /// <summary>Link.</summary>
    public const string Link = "Link";

    /// <summary>Location.</summary>
    public const string Location = "Location";

    /// <summary>Origin.</summary>
    public const string Origin = "Origin";

    /// <summary>Pragma.</summary>
    public const string Pragma = "Pragma";

    /// <summary>Proxy.</summary>
    public const string Proxy = "Proxy";

    /// <summary>Range.</summary>
    public const string Range = "Range";

    /// <summary>Referer.</summary>
    public const string Referer = "Referer";

    /// <summary>Retry-After.</summary>
    public const string RetryAfter = "Retry-After";

    /// <summary>Server.</summary>
    public const string Server = "Server";

    /// <summary>Set-Cookie.</summary>
    public const string SetCookie = "Set-Cookie";

    /// <summary>TE.</summary>
    public const string TE = "TE";

    /// <summary>Trailer.</summary>
    public const string Trailer = "Trailer";

    /// <summary>Transfer-Encoding.</summary>
    public const string TransferEncoding = "Transfer-Encoding";

    /// <summary>Upgrade.</summary>
    public const string Upgrade = "Upgrade";

    /// <summary>User-Agent.</summary>
    public const string UserAgent = "User-Agent";

    /// <summary>Vary.</summary>
    public const string Vary = "Vary";

    /// <summary>Via.</summary>
    public const string Via = "Via";

    /// <summary>WWW-Authenticate.</summary>
    public const string WwwAuthenticate = "WWW-Authenticate";

    /// <summary>X-Content-Type-Options.</summary>
    public const string XContentTypeOptions = "X-Content-Type-Options";

    /// <summary>X-Forwarded-For.</summary>
    public const string XForwardedFor = "X-Forwarded-For";

    /// <summary>X-Forwarded-Host.</summary>
    public const string XForwardedHost = "X-Forwarded-Host";

    /// <summary>X-Forwarded-Proto.</summary>
    public const string XForwardedProto = "X-Forwarded-Proto";
}
