using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Says types and defaults of options in the words of a configuration file.</summary>
internal static class OptionText
{
    private static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What a value of a type is called.</summary>
    public static string TypeOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (OptionShape.ElementOf(type) is { } element)
        {
            return "list of " + TypeOf(element);
        }

        if (OptionShape.DictionaryOf(type) is var (key, value))
        {
            return $"object: {TypeOf(key)} to {TypeOf(value)}";
        }

        return type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(name => $"`{name}`"))
            : type == typeof(string) ? "string"
            : type == typeof(bool) ? "true or false"
            : ScalarReader.IsInteger(type) ? "whole number"
            : type == typeof(TimeSpan) ? "duration"
            : type == typeof(ByteSize) ? "size"
            : type == typeof(Uri) ? "URI"
            : ScalarReader.IsScalar(type) ? "number"
            : type.IsClass ? $"[{NameOf(type)}](#{NameOf(type).ToLowerInvariant()})"
            : "object";
    }

    /// <summary>
    /// How a value of a type is written, in plain text and complete in itself; <see langword="null"/> where it cannot be written
    /// in a configuration file.
    /// </summary>
    public static string? Written(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (OptionShape.ElementOf(type) is { } element)
        {
            return Written(element) is { } item ? "list of " + item : null;
        }

        if (OptionShape.DictionaryOf(type) is var (key, value))
        {
            return Written(key) is { } name && Written(value) is { } item ? $"object: {name} to {item}" : null;
        }

        return type.IsEnum ? "one of " + string.Join("|", Enum.GetNames(type))
            : type == typeof(string) ? "text"
            : type == typeof(bool) ? "true|false"
            : type == typeof(TimeSpan) ? "duration, as \"10s\""
            : type == typeof(ByteSize) ? "size, as \"10MB\""
            : ScalarReader.IsScalar(type) ? TypeOf(type)
            : OptionShape.IsClass(type) || type == typeof(IConfigurationSection) ? "object"
            : null;
    }

    /// <summary>What a class of options is called: <c>LimitsOptions</c> is <c>Limits</c>.</summary>
    public static string NameOf(Type type)
    {
        foreach (var suffix in (string[])["Options", "Shape"])
        {
            if (type.Name.Length > suffix.Length && type.Name.EndsWith(suffix, StringComparison.Ordinal))
            {
                return type.Name[..^suffix.Length];
            }
        }

        return type.Name;
    }

    /// <summary>A default as it would be written, or <see langword="null"/> where there is none to show.</summary>
    public static JsonNode? Default(object? value) => value switch
    {
        bool flag => JsonValue.Create(flag),
        TimeSpan duration => JsonValue.Create(Duration.Format(duration)),
        ByteSize size => JsonValue.Create(size.ToString()),
        Enum name => JsonValue.Create(name.ToString()),
        string text => JsonValue.Create(text),
        Uri uri => JsonValue.Create(uri.OriginalString),
        IDictionary entries => Entries(entries),
        IEnumerable items => Items(items),
        IConvertible number => JsonNode.Parse(number.ToString(CultureInfo.InvariantCulture)),
        _ => null,
    };

    /// <summary>The same on one line, a single word without quotes; <see langword="null"/> where there is nothing to show.</summary>
    public static string? DefaultText(object? value) => Default(value) switch
    {
        null => null,
        JsonValue single when single.TryGetValue(out string? word) => word.Length == 0 ? null : word,
        var node => node.ToJsonString(OneLine),
    };

    private static JsonObject? Entries(IDictionary entries)
    {
        var result = new JsonObject();
        foreach (DictionaryEntry entry in entries)
        {
            result[Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!] = Default(entry.Value);
        }

        return result.Count == 0 ? null : result;
    }

    private static JsonArray? Items(IEnumerable items)
    {
        var result = new JsonArray([.. items.Cast<object?>().Select(Default)]);
        return result.Count == 0 ? null : result;
    }
}
