using System.Text.Json;

namespace Webserv.Host.Configuration;

/// <summary>Every value of a configuration file by its path (<c>Webserv:VirtualServers:0:Name</c>, ignoring case), with its line and kind.</summary>
/// <param name="places">The values, in the order of the file.</param>
internal sealed class JsonSourceMap(IReadOnlyDictionary<string, JsonPlace> places)
{
    /// <summary>The map of a file that could not be read.</summary>
    public static JsonSourceMap Empty { get; } = new(new Dictionary<string, JsonPlace>());

    /// <summary>All values.</summary>
    public IReadOnlyDictionary<string, JsonPlace> Places => places;

    /// <summary>The kind of the value at a path, or <see cref="JsonValueKind.Undefined"/>.</summary>
    public JsonValueKind KindOf(string path) => places.TryGetValue(path, out var place) ? place.Kind : JsonValueKind.Undefined;

    /// <summary>The line of a path or of its nearest parent; 0 where none is known.</summary>
    public int LineOf(string path)
    {
        while (true)
        {
            if (places.TryGetValue(path, out var place))
            {
                return place.Line;
            }

            var colon = path.LastIndexOf(':');
            if (colon < 0)
            {
                return 0;
            }

            path = path[..colon];
        }
    }
}
