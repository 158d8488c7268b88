using System.Reflection;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins.Documentation;

/// <summary>
/// Finds out about a middleware and its options what their declarations say. Plain reflection that keeps no type, as in
/// <see cref="OptionShape"/>: a plugin can be unloaded afterwards.
/// </summary>
internal sealed class MiddlewareDescriber(TextStyle style)
{
    private readonly XmlDocumentation _documentation = new();

    /// <summary>Describes a middleware. Nothing is thrown: what cannot be found out is a problem in the answer.</summary>
    public MiddlewareReference Describe(IMiddlewareRegistration registration)
    {
        var options = new List<OptionReference>();
        var description = "";
        try
        {
            description = TextOf(registration.MiddlewareType);
            if (registration.OptionsType is { } type)
            {
                AddOptions(options, type, Activator.CreateInstance(type)!, "", [type]);
            }

            return new MiddlewareReference(registration.Name, description, options, null);
        }
        catch (Exception exception)
        {
            // The plugin's own code (constructors and getters of options) and its files: a report, and the other plugins go on.
            return new MiddlewareReference(registration.Name, description, options, PluginFailure.Describe(exception));
        }
    }

    private void AddOptions(List<OptionReference> options, Type type, object defaults, string prefix, IReadOnlyList<Type> within)
    {
        foreach (var property in OptionShape.Keys(type))
        {
            if (OptionText.Written(property.PropertyType) is not { } written)
            {
                continue;
            }

            var value = property.GetMethod is null ? null : property.GetValue(defaults);
            var name = prefix + property.Name;
            options.Add(new OptionReference(name, written, OptionText.DefaultText(value), Describe(property)));
            var (inner, path) = Inner(property.PropertyType);
            if (OptionShape.IsClass(inner) && !within.Contains(inner))
            {
                // What is written replaces an object that can be set, and goes into one that is only got.
                var isFilled = inner == property.PropertyType && property.SetMethod is not { IsPublic: true };
                AddOptions(options, inner, (isFilled ? value : null) ?? Activator.CreateInstance(inner)!, name + path, [.. within, inner]);
            }
        }
    }

    private string Describe(PropertyInfo property)
    {
        var (inner, _) = Inner(property.PropertyType);
        inner = Nullable.GetUnderlyingType(inner) ?? inner;
        var values = inner.IsEnum
            ? inner.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(value => (value.Name, Text: TextOf(value)))
                .Where(value => value.Text.Length > 0)
                .Select(value => $"{DocumentationText.Code(value.Name, style)}: {value.Text}")
            : [];
        return string.Join(' ', values.Prepend(TextOf(property)).Where(text => text.Length > 0));
    }

    private string TextOf(MemberInfo member) => DocumentationText.Of(_documentation.Summary(member), style);

    private static (Type Type, string Path) Inner(Type type) =>
        OptionShape.ElementOf(type) is { } element ? (element, "[].")
        : OptionShape.DictionaryOf(type) is var (_, value) ? (value, ".*.")
        : (type, ".");
}
