namespace Webserv.Host.Control;

/// <summary>A plugin that serves no more and is in memory still.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="Sha256">The hash of its files.</param>
/// <param name="Load">The how many-th build of it this is.</param>
/// <param name="Why">What is known of what keeps it.</param>
internal sealed record ReplacedPlugin(string Id, string Version, string? Sha256, int Load, string Why);
