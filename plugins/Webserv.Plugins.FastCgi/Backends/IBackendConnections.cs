namespace Webserv.Plugins.FastCgi.Backends;

/// <summary>The connections that are kept to a backend.</summary>
internal interface IBackendConnections
{
    /// <summary>Closes those without requests, and the others when their requests have ended.</summary>
    void Close();

    /// <summary>Closes all of them.</summary>
    Task CloseAsync();
}
