namespace Webserv.Plugins.FastCgi.Protocol;

/// <summary>
/// A connection that had served requests before was closed before anything of this one's answer came: it was closed already
/// when the request was sent, as a program does that keeps connections for a while.
/// </summary>
internal sealed class ConnectionLostException(string message) : IOException(message);
