namespace Webserv.Host.Http1;

/// <summary>The authority of a request, checked (RFC 9110 section 4.2.1 without userinfo).</summary>
/// <param name="Authority">As it was sent: host and, where given, port.</param>
/// <param name="Name">The host in lower case, without port and without a trailing dot; an IPv6 literal keeps its brackets.</param>
internal sealed record HostName(string Authority, string Name)
{
    /// <summary>What an HTTP/1.0 request without a Host field has.</summary>
    public static readonly HostName None = new("", "");
}
