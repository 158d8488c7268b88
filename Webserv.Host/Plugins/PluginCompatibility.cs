using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins;

/// <summary>Decides by its metadata whether this server can load a plugin.</summary>
internal static class PluginCompatibility
{
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
                throw new PluginException($"needs {shared.Name} {wanted}, and this server has {shared.Version}");
            }
        }
    }
}
