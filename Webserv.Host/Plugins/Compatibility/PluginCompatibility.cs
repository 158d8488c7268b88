using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins.Compatibility;

/// <summary>Decides by its metadata whether this server can load a plugin.</summary>
internal static class PluginCompatibility
{
    private const int MostNamed = 5;

    /// <summary>Refuses what cannot work, before any code runs.</summary>
    /// <exception cref="PluginException">Why not.</exception>
    public static void Require(PluginCandidate candidate, PluginMetadata metadata)
    {
        if (metadata.Abi > WebservAbi.Current)
        {
            throw new PluginException(
                $"was built for ABI {metadata.Abi}, and this server has ABI {WebservAbi.Current}: update the server, or build the plugin against an older Webserv.Abstractions");
        }

        if (metadata.Abi < 1)
        {
            throw new PluginException($"claims ABI {metadata.Abi}, which never was");
        }

        if (!string.Equals(metadata.Id, candidate.Id, StringComparison.OrdinalIgnoreCase))
        {
            throw new PluginException($"calls itself '{metadata.Id}': the file must be named {metadata.Id}.dll");
        }

        foreach (var shared in ContractAssemblies.Names)
        {
            // The runtime never binds to an older one than asked for, and a private copy would not be the same types.
            if (metadata.References.TryGetValue(shared.Name!, out var wanted) && wanted > shared.Version)
            {
                throw new PluginException(
                    $"needs {shared.Name} {wanted}, and this server has {shared.Version}: update the server, or build the plugin against {shared.Version} or an older one");
            }
        }

        RequireUses(metadata.Uses);
    }

    /// <summary>
    /// A member may be added within an ABI, and then the versions tell nothing. Without this, a plugin that uses one which is not there would be
    /// loaded, and fail in the request that comes to it first.
    /// </summary>
    private static void RequireUses(IReadOnlyList<ContractUse> uses)
    {
        var missing = uses.Where(use => !HostContract.Current.Has(use)).Select(use => use.ToString()).Distinct().ToList();
        if (missing.Count == 0)
        {
            return;
        }

        var more = missing.Count > MostNamed ? $" and {missing.Count - MostNamed} more" : "";
        throw new PluginException(
            $"was built against a newer {ContractUses.Contract} than the {HostContract.Current.Version} of this server, which does not have {string.Join(", ", missing.Take(MostNamed))}{more}: update the server, or build the plugin against {ContractUses.Contract} {HostContract.Current.Version}");
    }
}
