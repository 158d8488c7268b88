namespace Webserv.Gateway;

/// <summary>Which scripts answer with a whole HTTP response instead of a CGI response (RFC 3875 section 5).</summary>
public enum NonParsedHeaders
{
    /// <summary>Those whose file name begins with <c>nph-</c>.</summary>
    ByName,

    /// <summary>All.</summary>
    Always,

    /// <summary>None, whatever its name.</summary>
    Never,
}
