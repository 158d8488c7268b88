using System.Reflection;
using System.Reflection.Metadata;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins.Compatibility;

/// <summary>What the contract of this server consists of, read from the metadata of its assembly once.</summary>
internal sealed class HostContract
{
    private static readonly Lazy<HostContract> Shared = new(static () => new HostContract(typeof(IPlugin).Assembly));

    private readonly Assembly _assembly;

    /// <summary>The members that each type declares: their names with their signatures.</summary>
    private readonly Dictionary<string, HashSet<string>> _types = [];

    private unsafe HostContract(Assembly assembly)
    {
        _assembly = assembly;
        Version = (assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "").Split('+')[0];
        if (!assembly.TryGetRawMetadata(out var blob, out var length))
        {
            throw new InvalidOperationException($"{assembly} has no metadata");
        }

        var metadata = new MetadataReader(blob, length);
        foreach (var handle in metadata.TypeDefinitions)
        {
            var type = metadata.GetTypeDefinition(handle);
            var members = _types[SignatureText.NameOf(metadata, handle)] = [];
            foreach (var member in type.GetMethods())
            {
                var method = metadata.GetMethodDefinition(member);
                members.Add(KeyOf(metadata.GetString(method.Name), SignatureText.Of(method.DecodeSignature(SignatureText.Instance, null))));
            }

            foreach (var member in type.GetFields())
            {
                var field = metadata.GetFieldDefinition(member);
                members.Add(KeyOf(metadata.GetString(field.Name), field.DecodeSignature(SignatureText.Instance, null)));
            }
        }
    }

    /// <summary>That of this server.</summary>
    public static HostContract Current => Shared.Value;

    /// <summary>The version of its package.</summary>
    public string Version { get; }

    /// <summary>Whether something is there. What a type inherits from outside of the contract is.</summary>
    public bool Has(ContractUse use)
    {
        if (!_types.TryGetValue(use.Type, out var members))
        {
            return false;
        }

        return use.Member is null
            || members.Contains(KeyOf(use.Member, use.Signature!))
            || (!members.Any(member => member.StartsWith(KeyOf(use.Member, ""), StringComparison.Ordinal)) && IsInherited(use));
    }

    // No name has a line end in it.
    private static string KeyOf(string name, string signature) => $"{name}\n{signature}";

    private bool IsInherited(ContractUse use) =>
        _assembly.GetType(use.Type)?.GetMember(
            use.Member!, BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy).Length > 0;
}
