namespace Webserv.Abstractions.Http;

/// <summary>The methods of RFC 9110 section 9.3 and PATCH (RFC 5789). Methods are case-sensitive.</summary>
public static class HttpMethods
{
    /// <summary>GET.</summary>
    public const string Get = "GET";

    /// <summary>HEAD.</summary>
    public const string Head = "HEAD";

    /// <summary>POST.</summary>
    public const string Post = "POST";

    /// <summary>PUT.</summary>
    public const string Put = "PUT";

    /// <summary>DELETE.</summary>
    public const string Delete = "DELETE";

    /// <summary>OPTIONS.</summary>
    public const string Options = "OPTIONS";

    /// <summary>PATCH.</summary>
    public const string Patch = "PATCH";

    /// <summary>CONNECT.</summary>
    public const string Connect = "CONNECT";

    /// <summary>TRACE.</summary>
    public const string Trace = "TRACE";

    /// <summary>Whether the method is one of these.</summary>
    public static bool IsKnown(string method) =>
        method is Get or Head or Post or Put or Delete or Options or Patch or Connect or Trace;

    /// <summary>Whether the method is GET or HEAD, the two that ask for a representation.</summary>
    public static bool IsGetOrHead(string method) => method is Get or Head;
}
