using System.ComponentModel;
using System.Reflection;
using System.Text.Json.Nodes;
using Webserv.Abstractions.Configuration;

namespace Webserv.Host.Configuration;

/// <summary>Writes a JSON schema (draft 2020-12) from option classes, by the rules of <see cref="StrictBinder"/>: every class becomes a definition.</summary>
internal sealed class JsonSchemaWriter
{
    private const string Variable = "Variable";
    private readonly JsonObject _definitions = new()
    {
        [Variable] = new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = @"\$\{",
            ["description"] = "A value that comes from the environment: ${VAR} or ${VAR:-default}.",
        },
    };

    /// <summary>The definitions of all classes so far.</summary>
    public JsonObject Definitions => _definitions;

    /// <summary>The schema of a type.</summary>
    public JsonObject Of(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (OptionShape.ElementOf(type) is { } element)
        {
            var list = new JsonObject { ["type"] = "array", ["items"] = Of(element) };
            return element == typeof(string) ? AnyOf(new JsonObject { ["type"] = "string" }, list) : list;
        }

        if (OptionShape.DictionaryOf(type) is var (key, value))
        {
            var dictionary = new JsonObject { ["type"] = "object", ["additionalProperties"] = Of(value) };
            if (ScalarReader.IsInteger(key))
            {
                dictionary["propertyNames"] = new JsonObject { ["pattern"] = "^-?[0-9]+$" };
            }

            return dictionary;
        }

        return ScalarReader.IsScalar(type) ? Scalar(type) : OptionShape.IsClass(type) ? Class(type) : new JsonObject { ["type"] = "object" };
    }

    private static JsonObject Scalar(Type type) =>
        type == typeof(string) ? new JsonObject { ["type"] = "string" }
        : type == typeof(Uri) ? new JsonObject { ["type"] = "string", ["format"] = "uri-reference" }
        : type == typeof(bool) ? OrVariable(new JsonObject { ["type"] = "boolean" })
        : type.IsEnum ? OrVariable(new JsonObject { ["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)name)]) })
        : type == typeof(TimeSpan) ? OrVariable(new JsonObject
        {
            ["type"] = "string",
            ["pattern"] = @"^-?([0-9]+(\.[0-9]+)? ?([mM]?[sS]|[mMhHdD])|([0-9]+\.)?[0-9]+:[0-9]+(:[0-9]+(\.[0-9]+)?)?)$",
        })
        : type == typeof(ByteSize) ? AnyOf(
            new JsonObject { ["type"] = "integer", ["minimum"] = 0 },
            new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]+ ?([KMGTkmgt]([iI]?[bB])?|[bB])?$" },
            Reference(Variable))
        : ScalarReader.IsInteger(type) ? OrVariable(new JsonObject { ["type"] = "integer" })
        : OrVariable(new JsonObject { ["type"] = "number" });

    private static JsonObject Reference(string name) => new() { ["$ref"] = "#/$defs/" + name };

    private static JsonObject OrVariable(JsonObject schema) => AnyOf(schema, Reference(Variable));

    private static JsonObject AnyOf(params JsonObject[] schemas) => new() { ["anyOf"] = new JsonArray([.. schemas]) };

    private JsonObject Class(Type type)
    {
        var name = OptionText.NameOf(type);
        if (!_definitions.ContainsKey(name))
        {
            var properties = new JsonObject();
            // Entered before its properties are looked at: a class may hold itself.
            _definitions[name] = new JsonObject { ["type"] = "object", ["properties"] = properties, ["additionalProperties"] = false };
            var defaults = Activator.CreateInstance(type)!;
            foreach (var property in OptionShape.Keys(type))
            {
                properties[property.Name] = Property(property, property.GetMethod is null ? null : property.GetValue(defaults));
            }
        }

        return Reference(name);
    }

    private JsonObject Property(PropertyInfo property, object? value)
    {
        var schema = Of(property.PropertyType);
        if (property.GetCustomAttribute<DescriptionAttribute>() is { } description)
        {
            schema["description"] = description.Description;
        }

        if (OptionText.Default(value) is { } text)
        {
            schema["default"] = text;
        }

        if (property.GetCustomAttribute<AllowedAttribute>() is { } allowed && ScalarReader.IsInteger(property.PropertyType))
        {
            var number = schema["anyOf"]![0]!;
            number["minimum"] = JsonNode.Parse(allowed.Least);
            number["maximum"] = JsonNode.Parse(allowed.Most);
        }

        return schema;
    }
}
