using Webserv.Host.Pipeline;
using Webserv.Host.Server;

namespace Webserv.Host.Metrics;

/// <summary>What serves at a moment.</summary>
/// <param name="Loaded">The generation that new requests enter.</param>
/// <param name="Retiring">Those before it whose last requests have not ended.</param>
internal sealed record ServingState(LoadedGeneration Loaded, IReadOnlyList<LoadedGeneration> Retiring)
{
    /// <summary>The virtual servers that may have requests inside; one that a reload did not change is there once.</summary>
    public IEnumerable<VirtualServer> VirtualServers =>
        Retiring.Append(Loaded).SelectMany(loaded => loaded.Generation.Servers.Servers).Distinct();
}
