namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>A peer does not keep to the protocol; the connection cannot be used any more.</summary>
internal sealed class FastCgiProtocolException(string message) : Exception(message);
