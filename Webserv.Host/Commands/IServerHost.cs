namespace Webserv.Host.Commands;

/// <summary>What the commands ask of the server. Every method answers the exit status: 0, or 1 for a configuration that fails.</summary>
internal interface IServerHost
{
    /// <summary>Serves until a signal or <paramref name="cancellation"/> stops it; running requests are let finish.</summary>
    /// <param name="configurationFile">The file, as it was named on the command line.</param>
    /// <param name="pidFile">A file that holds the id of the process from the ready lines to the end; <see langword="null"/> for none. A server that does not start leaves the one that is there.</param>
    /// <param name="output">Gets the ready lines, one for each endpoint.</param>
    /// <param name="errors">Gets one line for everything that is wrong.</param>
    /// <param name="cancellation">Stops it.</param>
    Task<int> RunAsync(string configurationFile, string? pidFile, TextWriter output, TextWriter errors, CancellationToken cancellation);

    /// <summary>Checks a configuration with its plugins and pipelines, without listening.</summary>
    /// <param name="configurationFile">The file, as it was named on the command line.</param>
    /// <param name="output">Gets one line when all is well.</param>
    /// <param name="errors">Gets one line for everything that is wrong.</param>
    /// <param name="cancellation">Ends the check.</param>
    Task<int> CheckAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation);

    /// <summary>Lists the plugins of the running server, or those that the configuration finds, with those that cannot be loaded.</summary>
    /// <param name="configurationFile">The configuration, which names the control socket of the server.</param>
    /// <param name="listing">Which, and how.</param>
    /// <param name="output">Gets the list.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<int> ListPluginsAsync(string configurationFile, PluginListing listing, TextWriter output, TextWriter errors, CancellationToken cancellation);

    /// <summary>Shows one plugin: version, contract, files, middleware and options.</summary>
    Task<int> InspectPluginAsync(string configurationFile, string id, TextWriter output, TextWriter errors, CancellationToken cancellation);

    /// <summary>Writes the reference page of all loaded plugins, in Markdown. Those that cannot be loaded are named as errors.</summary>
    Task<int> WritePluginReferenceAsync(string configurationFile, TextWriter output, TextWriter errors, CancellationToken cancellation);

    /// <summary>Prints the hash of a plugin's files, as it is trusted and signed; none of its code runs.</summary>
    /// <param name="path">Its folder, or its file.</param>
    /// <param name="output">Gets one line, hash and id.</param>
    /// <param name="errors">Gets what is wrong.</param>
    Task<int> HashPluginAsync(string path, TextWriter output, TextWriter errors);

    /// <summary>Lists the versions of a plugin that are kept, the newest first.</summary>
    Task<int> ListPluginVersionsAsync(string configurationFile, string id, TextWriter output, TextWriter errors);

    /// <summary>Lets a version of a plugin come back with the next reload.</summary>
    /// <param name="configurationFile">The configuration whose plugin it is.</param>
    /// <param name="id">The plugin.</param>
    /// <param name="hash">The beginning of the version's hash; <see langword="null"/> for the one before that which is loaded.</param>
    /// <param name="output">Gets what happens.</param>
    /// <param name="errors">Gets what is wrong.</param>
    Task<int> RollBackPluginAsync(string configurationFile, string id, string? hash, TextWriter output, TextWriter errors);
}
