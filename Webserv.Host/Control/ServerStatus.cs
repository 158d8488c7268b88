namespace Webserv.Host.Control;

/// <summary>What a running server says of its plugins.</summary>
/// <param name="ProcessId">The server's process.</param>
/// <param name="Generation">The generation that serves; counts from 1.</param>
/// <param name="AreCounted">Whether requests are counted (<c>Plugins.Statistics</c>).</param>
/// <param name="Plugins">Everything that was found, sorted by id.</param>
/// <param name="Replaced">Plugins that were replaced or removed and are in memory still, the oldest first.</param>
internal sealed record ServerStatus(
    int ProcessId, int Generation, bool AreCounted, IReadOnlyList<PluginStatus> Plugins, IReadOnlyList<ReplacedPlugin> Replaced);
