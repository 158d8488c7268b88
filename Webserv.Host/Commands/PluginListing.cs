namespace Webserv.Host.Commands;

/// <summary>Which plugins are listed, and how.</summary>
internal enum PluginListing
{
    /// <summary>Those of the running server, as a table; those that are found where none answers.</summary>
    Running,

    /// <summary>Those of the running server, as a line of JSON.</summary>
    RunningAsJson,

    /// <summary>Those that are found, whatever runs.</summary>
    Found,
}
