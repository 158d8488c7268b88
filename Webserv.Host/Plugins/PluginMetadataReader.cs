using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Webserv.Abstractions.Plugins;
using Webserv.Host.Plugins.Compatibility;

namespace Webserv.Host.Plugins;

/// <summary>Reads what a plugin says about itself from its metadata; none of its code runs.</summary>
internal static class PluginMetadataReader
{
    /// <summary>Largest assembly that is read, in bytes.</summary>
    public const long MaxLength = 256L * 1024 * 1024;

    /// <summary>ECMA-335 II.23.3: every value of a custom attribute begins with it.</summary>
    private const ushort AttributeProlog = 0x0001;

    /// <summary>Reads a file.</summary>
    /// <returns><see langword="null"/> for a .NET assembly that is not marked as a plugin.</returns>
    /// <exception cref="PluginException">The file is no .NET assembly, damaged, or cannot be read.</exception>
    public static PluginMetadata? Read(string file)
    {
        try
        {
            if (new FileInfo(file).Length > MaxLength)
            {
                throw new PluginException($"is larger than {MaxLength / 1024 / 1024} MB");
            }

            var image = File.ReadAllBytes(file);
            if (image.Length == 0)
            {
                throw new PluginException("is empty");
            }

            using var portableExecutable = new PEReader(ImmutableArray.Create(image));
            RequireWholeSections(portableExecutable.PEHeaders, image.Length);
            if (!portableExecutable.HasMetadata)
            {
                throw new PluginException("is no .NET assembly but a native library");
            }

            var metadata = portableExecutable.GetMetadataReader();
            return metadata.IsAssembly
                ? Read(metadata)
                : throw new PluginException("is no .NET assembly but a module without a manifest");
        }
        catch (Exception exception) when (exception is BadImageFormatException or ArgumentOutOfRangeException or OverflowException)
        {
            // The reader meets offsets and lengths that point out of the file in one of these ways.
            throw new PluginException($"is damaged or no .NET assembly: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>A file that is cut off behind its metadata reads well and fails, or worse, when it is mapped.</summary>
    private static void RequireWholeSections(PEHeaders headers, int length)
    {
        foreach (var section in headers.SectionHeaders)
        {
            if ((long)section.PointerToRawData + section.SizeOfRawData > length)
            {
                throw new PluginException("is damaged: the file is shorter than its headers say");
            }
        }
    }

    private static PluginMetadata? Read(MetadataReader metadata)
    {
        var assembly = metadata.GetAssemblyDefinition();
        foreach (var handle in assembly.GetCustomAttributes())
        {
            var attribute = metadata.GetCustomAttribute(handle);
            if (!IsPluginAttribute(metadata, attribute))
            {
                continue;
            }

            var value = metadata.GetBlobReader(attribute.Value);
            if (value.ReadUInt16() != AttributeProlog
                || value.ReadSerializedString() is not { Length: > 0 } id
                || value.ReadSerializedString() is not { Length: > 0 } entryType)
            {
                throw new PluginException($"has a {nameof(WebservPluginAttribute)} without an id or an entry point");
            }

            return new PluginMetadata(id, entryType, value.ReadInt32(), assembly.Version, ReadReferences(metadata), ContractUses.Read(metadata));
        }

        return null;
    }

    private static bool IsPluginAttribute(MetadataReader metadata, CustomAttribute attribute)
    {
        if (attribute.Constructor.Kind != HandleKind.MemberReference)
        {
            return false;
        }

        var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
        if (parent.Kind != HandleKind.TypeReference)
        {
            return false;
        }

        var type = metadata.GetTypeReference((TypeReferenceHandle)parent);
        return metadata.StringComparer.Equals(type.Name, nameof(WebservPluginAttribute))
            && metadata.StringComparer.Equals(type.Namespace, typeof(WebservPluginAttribute).Namespace!)
            && type.ResolutionScope.Kind == HandleKind.AssemblyReference
            && metadata.StringComparer.Equals(
                metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name,
                typeof(WebservPluginAttribute).Assembly.GetName().Name!);
    }

    private static Dictionary<string, Version> ReadReferences(MetadataReader metadata)
    {
        var references = new Dictionary<string, Version>(StringComparer.OrdinalIgnoreCase);
        foreach (var handle in metadata.AssemblyReferences)
        {
            var reference = metadata.GetAssemblyReference(handle);
            references[metadata.GetString(reference.Name)] = reference.Version;
        }

        return references;
    }
}
