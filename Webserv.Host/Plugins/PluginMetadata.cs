using Webserv.Host.Plugins.Compatibility;

namespace Webserv.Host.Plugins;

/// <summary>What a plugin says about itself, read without running any of its code.</summary>
/// <param name="Id">The id in its attribute.</param>
/// <param name="EntryType">The full name of its entry point.</param>
/// <param name="Abi">The contract it was built against.</param>
/// <param name="Version">The version of its assembly.</param>
/// <param name="References">The versions of the assemblies it references, by name.</param>
/// <param name="Uses">What it uses of the contract.</param>
internal sealed record PluginMetadata(
    string Id,
    string EntryType,
    int Abi,
    Version Version,
    IReadOnlyDictionary<string, Version> References,
    IReadOnlyList<ContractUse> Uses);
