namespace Webserv.Host.Control;

/// <summary>A plugin of a running server.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">The version of its assembly.</param>
/// <param name="Abi">The contract it was built against.</param>
/// <param name="File">What it was found as.</param>
/// <param name="Sha256">The hash of its files.</param>
/// <param name="State">What became of it.</param>
/// <param name="Error">Why it is not loaded, or why an earlier version goes on.</param>
/// <param name="Load">The how many-th build of it the server has loaded this is; 0 where it is not loaded.</param>
/// <param name="Middleware">What it offers.</param>
/// <param name="Counts">What its requests came to; <see langword="null"/> where it is not loaded or nobody counts.</param>
/// <param name="Stuck">Requests that were given up while its code goes on.</param>
/// <param name="Breakers">The entries with a breaker that is not closed.</param>
internal sealed record PluginStatus(
    string Id,
    string? Version,
    int? Abi,
    string File,
    string? Sha256,
    string State,
    string? Error,
    int Load,
    IReadOnlyList<string> Middleware,
    PluginCounts? Counts,
    int Stuck,
    IReadOnlyList<string> Breakers);
