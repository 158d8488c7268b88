namespace Webserv.Plugins.Cgi.Python;

/// <summary>A fork server cannot be used: it did not get ready, or it is gone.</summary>
internal sealed class ForkServerException(string message, Exception? innerException = null) : Exception(message, innerException);
