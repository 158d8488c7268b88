namespace Webserv.Host.Proxies;

/// <summary>The fields in which a proxy tells of the client. One kind counts: a proxy that writes the one hands on what a client wrote into the other.</summary>
internal enum ForwardedFields
{
    /// <summary><c>X-Forwarded-For</c>, <c>X-Forwarded-Proto</c> and <c>X-Forwarded-Host</c>.</summary>
    XForwarded,

    /// <summary><c>Forwarded</c> (RFC 7239).</summary>
    Forwarded,
}
