using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Webserv.Host.Configuration;

/// <summary>The JSON schema of a configuration file: what <c>webserv schema</c> prints.</summary>
internal static class ConfigurationSchema
{
    /// <summary>The schema as indented JSON.</summary>
    public static string ToJson()
    {
        var writer = new JsonSchemaWriter();
        var file = writer.Of(typeof(ConfigurationFileShape));
        var definitions = writer.Definitions;
        Require(definitions, "ConfigurationFile", nameof(ConfigurationFileShape.Webserv));
        Require(definitions, "Webserv", nameof(WebservShape.VirtualServers));
        Require(definitions, "VirtualServer", nameof(VirtualServerShape.Listen));
        definitions["ConfigurationFile"]!["properties"]![ConfigurationFileShape.SchemaKey] = new JsonObject { ["type"] = "string" };
        definitions["PipelineEntry"]!["oneOf"] = new JsonArray(
            new JsonObject { ["required"] = new JsonArray(nameof(PipelineEntryShape.Use)) },
            new JsonObject { ["required"] = new JsonArray(nameof(PipelineEntryShape.Pipeline)) });
        var schema = new JsonObject
        {
            ["$schema"] = "https://json-schema.org/draft/2020-12/schema",
            ["title"] = "Webserv configuration",
            ["$ref"] = file["$ref"]!.GetValue<string>(),
            ["$defs"] = definitions.DeepClone(),
        };

        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            // It is a file of its own, never part of a page.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            schema.WriteTo(json);
        }

        return Encoding.UTF8.GetString(output.ToArray()) + "\n";
    }

    private static void Require(JsonObject definitions, string name, string key) =>
        definitions[name]!["required"] = new JsonArray(key);
}
