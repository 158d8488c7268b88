using System.Reflection.Metadata;
using Webserv.Abstractions.Plugins;

namespace Webserv.Host.Plugins.Compatibility;

/// <summary>Finds what a plugin uses of the contract. What it does by reflection or <c>dynamic</c> shows in no table.</summary>
internal static class ContractUses
{
    /// <summary>The name of the contract's assembly.</summary>
    public static readonly string Contract = typeof(IPlugin).Assembly.GetName().Name!;

    /// <summary>Reads the tables of references.</summary>
    /// <exception cref="BadImageFormatException">The assembly is damaged.</exception>
    public static IReadOnlyList<ContractUse> Read(MetadataReader metadata)
    {
        var uses = new List<ContractUse>();
        foreach (var handle in metadata.TypeReferences)
        {
            if (IsOfContract(metadata, handle))
            {
                uses.Add(new ContractUse(SignatureText.NameOf(metadata, handle)));
            }
        }

        foreach (var handle in metadata.MemberReferences)
        {
            // A member of a constructed generic type has a specification as its parent; the contract has no generic types.
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference || !IsOfContract(metadata, (TypeReferenceHandle)member.Parent))
            {
                continue;
            }

            var signature = member.GetKind() == MemberReferenceKind.Method
                ? SignatureText.Of(member.DecodeMethodSignature(SignatureText.Instance, null))
                : member.DecodeFieldSignature(SignatureText.Instance, null);
            uses.Add(new ContractUse(SignatureText.NameOf(metadata, (TypeReferenceHandle)member.Parent), metadata.GetString(member.Name), signature));
        }

        return uses;
    }

    private static bool IsOfContract(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var scope = metadata.GetTypeReference(handle).ResolutionScope;
        return scope.Kind == HandleKind.TypeReference
            ? IsOfContract(metadata, (TypeReferenceHandle)scope)
            : scope.Kind == HandleKind.AssemblyReference
                && metadata.StringComparer.Equals(metadata.GetAssemblyReference((AssemblyReferenceHandle)scope).Name, Contract);
    }
}
