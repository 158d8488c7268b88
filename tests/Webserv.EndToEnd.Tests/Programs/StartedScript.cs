using System.Text.Json;

namespace Webserv.EndToEnd.Tests.Programs;

/// <summary>What a script was started with.</summary>
/// <param name="Environment">Its variables.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Directory">Its working directory.</param>
/// <param name="Body">Its input.</param>
internal sealed record StartedScript(IReadOnlyDictionary<string, string> Environment, string[] Arguments, string Directory, string Body)
{
    /// <summary>A variable, or <see langword="null"/> where there is none.</summary>
    public string? this[string name] => Environment.GetValueOrDefault(name);

    /// <summary>Reads what <c>environment.py</c> wrote.</summary>
    public static StartedScript Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        return new StartedScript(
            root.GetProperty("environment").EnumerateObject().ToDictionary(variable => variable.Name, variable => variable.Value.GetString()!, StringComparer.Ordinal),
            [.. root.GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()!)],
            root.GetProperty("directory").GetString()!,
            root.GetProperty("body").GetString()!);
    }
}
