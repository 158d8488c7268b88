using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>
/// Binds a section of the configuration to an object of options and reports everything that does not fit: unknown keys,
/// wrong types, values that are none. What is written replaces a default, also in lists and dictionaries. It works for
/// options of plugins too: it is plain reflection and keeps no type in memory.
/// </summary>
internal sealed class StrictBinder
{
    private readonly IConfigurationErrors _errors;
    private readonly IJsonKinds? _kinds;
    private readonly NullabilityInfoContext _nullability = new();
    private bool _failed;

    private StrictBinder(IConfigurationErrors errors)
    {
        _errors = errors;
        _kinds = errors as IJsonKinds;
    }

    /// <summary>Fills an object from a section.</summary>
    /// <param name="target">An object with the defaults.</param>
    /// <param name="section">The section; one that does not exist leaves everything at its default.</param>
    /// <param name="errors">Gets what is wrong, with its path.</param>
    /// <returns>Whether nothing was wrong. What was right is bound in either case.</returns>
    public static bool Bind(object target, IConfigurationSection section, IConfigurationErrors errors)
    {
        var binder = new StrictBinder(errors);
        var kind = binder.KindOf(section);
        if (kind == JsonValueKind.Object)
        {
            binder.BindObject(target, section);
        }
        else if (kind != JsonValueKind.Undefined)
        {
            binder.Fail(section, "an object { … } is expected here");
        }

        return !binder._failed;
    }

    private void BindObject(object target, IConfigurationSection section)
    {
        if (target is ILocated located)
        {
            located.Section = section;
        }

        var properties = OptionShape.Keys(target.GetType());
        foreach (var child in section.GetChildren())
        {
            var property = properties.FirstOrDefault(property => property.Name.Equals(child.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
            {
                Fail(child, "unknown key" + NearestName.Hint(child.Key, [.. properties.Select(property => property.Name)]));
            }
            else
            {
                BindProperty(target, property, child);
            }
        }
    }

    private void BindProperty(object target, PropertyInfo property, IConfigurationSection section)
    {
        try
        {
            if (property.PropertyType == typeof(IConfigurationSection))
            {
                property.SetValue(target, section);
                return;
            }

            if (KindOf(section) == JsonValueKind.Null)
            {
                BindNull(target, property, section);
                return;
            }

            var existing = property.GetMethod is null ? null : property.GetValue(target);
            if (property.SetMethod is { IsPublic: true })
            {
                if (TryConvert(property.PropertyType, section, existing, out var value))
                {
                    property.SetValue(target, value);
                }
            }
            else if (existing is null)
            {
                Fail(section, "cannot be set");
            }
            else
            {
                Fill(existing, property.PropertyType, section);
            }
        }
        catch (TargetInvocationException thrown)
        {
            // A setter, a getter or a constructor of the options refused the value: its words are the error.
            Fail(section, (thrown.InnerException ?? thrown).Message);
        }
    }

    private void BindNull(object target, PropertyInfo property, IConfigurationSection section)
    {
        var nullable = property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : _nullability.Create(property).WriteState != NullabilityState.NotNull;
        if (nullable && property.SetMethod is { IsPublic: true })
        {
            property.SetValue(target, null);
        }
        else
        {
            Fail(section, "null is no value here; leave the key out for the default");
        }
    }

    private void Fill(object existing, Type type, IConfigurationSection section)
    {
        if (OptionShape.ElementOf(type) is { } element)
        {
            if (Items(element, section) is { } items)
            {
                OptionCollections.FillList(existing, element, items);
            }
        }
        else if (OptionShape.DictionaryOf(type) is var (key, value))
        {
            if (Pairs(key, value, section) is { } pairs)
            {
                OptionCollections.FillDictionary(existing, key, value, pairs);
            }
        }
        else if (Expect(section, JsonValueKind.Object, "an object { … } is expected here"))
        {
            BindObject(existing, section);
        }
    }

    private bool TryConvert(Type type, IConfigurationSection section, object? existing, out object? value)
    {
        value = null;
        if (ScalarReader.IsScalar(type))
        {
            return TryScalar(type, section, out value);
        }

        if (OptionShape.ElementOf(type) is { } element)
        {
            value = Items(element, section) is { } items ? OptionCollections.MakeList(type, element, items) : null;
            return value is not null;
        }

        if (OptionShape.DictionaryOf(type) is var (keyType, valueType))
        {
            value = Pairs(keyType, valueType, section) is { } pairs ? OptionCollections.MakeDictionary(type, keyType, valueType, pairs, existing) : null;
            return value is not null;
        }

        if (!OptionShape.IsClass(type))
        {
            Fail(section, $"an option of the type {type.Name} cannot be written in a configuration");
            return false;
        }

        if (!Expect(section, JsonValueKind.Object, "an object { … } is expected here"))
        {
            return false;
        }

        value = Activator.CreateInstance(type)!;
        BindObject(value, section);
        return true;
    }

    private bool TryScalar(Type type, IConfigurationSection section, out object? value)
    {
        value = null;
        var kind = KindOf(section);
        if (kind is JsonValueKind.Object or JsonValueKind.Array)
        {
            Fail(section, $"a single value is expected here, not {(kind == JsonValueKind.Object ? "an object { … }" : "a list [ … ]")}");
            return false;
        }

        if (kind == JsonValueKind.Null || section.Value is null)
        {
            Fail(section, "null is no value here");
            return false;
        }

        if (ScalarReader.Read(type, section.Value, _kinds?.KindOf(section.Path) ?? JsonValueKind.Undefined, out value) is { } problem)
        {
            Fail(section, problem);
            return false;
        }

        return true;
    }

    // Items that do not fit are reported and left out.
    private List<object?>? Items(Type element, IConfigurationSection section)
    {
        if (element == typeof(string) && KindOf(section) == JsonValueKind.String)
        {
            return [section.Value];
        }

        if (!Expect(section, JsonValueKind.Array, "a list [ … ] is expected here"))
        {
            return null;
        }

        var items = new List<object?>();
        foreach (var child in section.GetChildren())
        {
            if (TryConvert(element, child, null, out var item))
            {
                items.Add(item);
            }
        }

        return items;
    }

    private List<(object Key, object? Value)>? Pairs(Type keyType, Type valueType, IConfigurationSection section)
    {
        if (!Expect(section, JsonValueKind.Object, "an object { … } is expected here"))
        {
            return null;
        }

        var pairs = new List<(object, object?)>();
        var written = new Dictionary<object, string>();
        foreach (var child in section.GetChildren())
        {
            if (ScalarReader.Read(keyType, child.Key, JsonValueKind.Undefined, out var key) is { } problem)
            {
                Fail(child, "as a key, " + problem);
            }
            else if (!written.TryAdd(key!, child.Key))
            {
                // Two ways to write one number: the file holds either once.
                Fail(child, $"the key is here already, as '{written[key!]}'");
            }
            else if (TryConvert(valueType, child, null, out var value))
            {
                pairs.Add((key!, value));
            }
        }

        return pairs;
    }

    private bool Expect(IConfigurationSection section, JsonValueKind kind, string message)
    {
        var found = KindOf(section);
        // Without kinds, an empty object and an empty list cannot be told apart.
        if (found == kind || (found == JsonValueKind.Undefined && _kinds is null))
        {
            return true;
        }

        Fail(section, found == JsonValueKind.Null ? "null is no value here; leave the key out for the default" : message);
        return false;
    }

    private JsonValueKind KindOf(IConfigurationSection section)
    {
        var kind = _kinds?.KindOf(section.Path) ?? JsonValueKind.Undefined;
        if (kind != JsonValueKind.Undefined)
        {
            return kind;
        }

        var children = section.GetChildren().ToList();
        return children.Count == 0 ? (string.IsNullOrEmpty(section.Value) ? JsonValueKind.Undefined : JsonValueKind.String)
            : children.All(child => int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) ? JsonValueKind.Array
            : JsonValueKind.Object;
    }

    private void Fail(IConfigurationSection section, string message)
    {
        _failed = true;
        _errors.Add(section.Path, message);
    }
}
