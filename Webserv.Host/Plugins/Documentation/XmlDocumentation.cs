using System.Reflection;
using System.Xml;
using System.Xml.Linq;

namespace Webserv.Host.Plugins.Documentation;

/// <summary>
/// The summaries in the documentation files that compilers write, each read once from beside its assembly. What is kept is
/// text: nothing of an assembly stays in memory for it.
/// </summary>
internal sealed class XmlDocumentation
{
    private readonly Dictionary<string, IReadOnlyDictionary<string, XElement>> _files = new(StringComparer.Ordinal);

    /// <summary>The summary of a type, a property or a field; <see langword="null"/> where nothing is written about it or the file is missing.</summary>
    /// <exception cref="IOException">The file is there and cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is there and must not be read.</exception>
    /// <exception cref="XmlException">The file is damaged.</exception>
    public XElement? Summary(MemberInfo member) =>
        SummariesOf(member.Module.Assembly.Location).GetValueOrDefault(member switch
        {
            Type type => "T:" + NameOf(type),
            PropertyInfo property => $"P:{NameOf(property.DeclaringType!)}.{property.Name}",
            FieldInfo field => $"F:{NameOf(field.DeclaringType!)}.{field.Name}",
            _ => throw new ArgumentException($"{member.MemberType} is never asked for", nameof(member)),
        });

    private static string NameOf(Type type) =>
        (type.IsGenericType ? type.GetGenericTypeDefinition() : type).FullName!.Replace('+', '.');

    private static Dictionary<string, XElement> Read(string file)
    {
        var found = new Dictionary<string, XElement>(StringComparer.Ordinal);
        using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        foreach (var member in XDocument.Load(reader, LoadOptions.PreserveWhitespace).Descendants("member"))
        {
            if (member.Attribute("name")?.Value is { } name && member.Element("summary") is { } summary)
            {
                found[name] = summary;
            }
        }

        return found;
    }

    private IReadOnlyDictionary<string, XElement> SummariesOf(string assembly)
    {
        if (!_files.TryGetValue(assembly, out var found))
        {
            var file = Path.ChangeExtension(assembly, ".xml");
            _files[assembly] = found = File.Exists(file) ? Read(file) : new Dictionary<string, XElement>();
        }

        return found;
    }
}
