namespace Webserv.Gateway.Exchange;

/// <summary>A script answered something that is no CGI response (RFC 3875 section 6).</summary>
internal sealed class CgiResponseException(string message) : Exception(message);
