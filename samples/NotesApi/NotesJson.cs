using System.Text.Json.Serialization;

namespace Webserv.Samples.NotesApi;

/// <summary>
/// How the types are read and written: by code that the compiler makes. The serializer by reflection would keep types in a cache
/// of the runtime, and the plugin in memory with them.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false,
    MaxDepth = 4)]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(NoteInput))]
[JsonSerializable(typeof(NotePage))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class NotesJson : JsonSerializerContext;
