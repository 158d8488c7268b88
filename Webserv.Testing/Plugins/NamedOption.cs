using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Webserv.Host.Configuration;

namespace Webserv.Testing.Plugins;

/// <summary>
/// Sets an option whose type is known at run time alone, to what a configuration would make of a value. What is of the option's own
/// type already is taken as it is.
/// </summary>
internal static class NamedOption
{
    /// <exception cref="ArgumentException">There is no such option, or it takes no such value.</exception>
    public static void Set(object options, string name, object? value)
    {
        var keys = OptionShape.Keys(options.GetType());
        var property = keys.FirstOrDefault(key => key.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"{options.GetType().Name} has no option '{name}' that can be set{NearestName.Hint(name, [.. keys.Select(key => key.Name)])}.", nameof(name));
        try
        {
            Set(options, property, value);
        }
        catch (TargetInvocationException exception)
        {
            // A setter or getter of the options refused the value: its words are the error.
            throw Refuse(options, property, (exception.InnerException ?? exception).Message, exception);
        }
        catch (FormatException exception)
        {
            throw Refuse(options, property, exception.Message, exception);
        }
    }

    private static ArgumentException Refuse(object options, PropertyInfo property, string problem, Exception exception) =>
        new($"{options.GetType().Name}.{property.Name}: {problem}.", exception);

    private static void Set(object options, PropertyInfo property, object? value)
    {
        if (value is null)
        {
            property.SetValue(options, MayBeNull(property) ? null : throw new FormatException("null is no value here; leave the key out for the default"));
            return;
        }

        var existing = property.GetMethod is null ? null : property.GetValue(options);
        if (property.SetMethod is { IsPublic: true })
        {
            property.SetValue(options, Convert(property.PropertyType, value, existing));
        }
        else
        {
            Fill(existing ?? throw new FormatException("cannot be set"), property.PropertyType, value);
        }
    }

    private static bool MayBeNull(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true }
        && (property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : new NullabilityInfoContext().Create(property).WriteState != NullabilityState.NotNull);

    private static void Fill(object existing, Type type, object value)
    {
        if (OptionShape.ElementOf(type) is { } element)
        {
            OptionCollections.FillList(existing, element, Items(element, value));
        }
        else if (OptionShape.DictionaryOf(type) is var (keyType, valueType))
        {
            OptionCollections.FillDictionary(existing, keyType, valueType, Pairs(keyType, valueType, value));
        }
        else
        {
            SetAll(existing, value);
        }
    }

    private static object Convert(Type type, object? value, object? existing)
    {
        if (value is null)
        {
            throw new FormatException("null is no value here");
        }

        if (type.IsInstanceOfType(value))
        {
            return value;
        }

        if (ScalarReader.IsScalar(type))
        {
            if (value is not (IConvertible or IFormattable or Uri))
            {
                throw new FormatException("a single value is expected here");
            }

            var text = System.Convert.ToString(value, CultureInfo.InvariantCulture)!;
            return ScalarReader.Read(type, text, KindOf(value), out var made) is { } problem ? throw new FormatException(problem) : made!;
        }

        if (OptionShape.ElementOf(type) is { } element)
        {
            return OptionCollections.MakeList(type, element, Items(element, value));
        }

        if (OptionShape.DictionaryOf(type) is var (keyType, valueType))
        {
            return OptionCollections.MakeDictionary(type, keyType, valueType, Pairs(keyType, valueType, value), existing);
        }

        if (!OptionShape.IsClass(type))
        {
            throw new FormatException($"an option of the type {type.Name} cannot be written in a configuration; give a value of that type");
        }

        var options = Activator.CreateInstance(type)!;
        SetAll(options, value);
        return options;
    }

    /// <summary>What the value would be in a file.</summary>
    private static JsonValueKind KindOf(object value) => value switch
    {
        string => JsonValueKind.String,
        bool flag => flag ? JsonValueKind.True : JsonValueKind.False,
        Enum => JsonValueKind.Undefined,
        sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal => JsonValueKind.Number,
        _ => JsonValueKind.Undefined,
    };

    private static List<object?> Items(Type element, object value) =>
        value is string text && element == typeof(string) ? [text]
        : value is IEnumerable items and not string and not IDictionary ? [.. items.Cast<object?>().Select(item => Convert(element, item, existing: null))]
        : throw new FormatException("a list [ … ] is expected here");

    private static List<(object Key, object? Value)> Pairs(Type keyType, Type valueType, object value) =>
        [.. Entries(value).Select(entry => (Convert(keyType, entry.Name, existing: null), (object?)Convert(valueType, entry.Value, existing: null)))];

    private static void SetAll(object options, object value)
    {
        foreach (var (name, item) in Entries(value))
        {
            Set(options, name, item);
        }
    }

    private static IEnumerable<(string Name, object? Value)> Entries(object value) => value switch
    {
        IReadOnlyDictionary<string, object?> entries => entries.Select(entry => (entry.Key, entry.Value)),
        IDictionary entries => entries.Cast<DictionaryEntry>().Select(entry => (System.Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!, entry.Value)),
        _ => throw new FormatException("an object { … } is expected here: a dictionary by name"),
    };
}
