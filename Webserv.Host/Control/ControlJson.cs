using System.Text.Json.Serialization;

namespace Webserv.Host.Control;

/// <summary>How answers on the control socket are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerStatus))]
internal sealed partial class ControlJson : JsonSerializerContext;
