namespace Webserv.Host.Pipeline.Containment;

/// <summary>How a request in a plugin ended, as far as the plugin is concerned.</summary>
internal enum RequestOutcome
{
    /// <summary>It says nothing about the plugin: the client left, or what stands behind it failed.</summary>
    Unknown,

    /// <summary>The plugin did what it does.</summary>
    Succeeded,

    /// <summary>The plugin failed.</summary>
    Failed,
}
