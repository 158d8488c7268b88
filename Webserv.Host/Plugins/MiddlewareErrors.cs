using System.Text.Json;
using Webserv.Host.Configuration;

namespace Webserv.Host.Plugins;

/// <summary>
/// Passes errors on and remembers whether there were any. A second one about the same place is dropped: what could not
/// be bound keeps its default, and what a validator says about that only repeats the first.
/// </summary>
internal sealed class MiddlewareErrors(IConfigurationErrors errors) : IConfigurationErrors, IJsonKinds
{
    private readonly HashSet<string> _paths = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether there were any.</summary>
    public bool Any => _paths.Count > 0;

    public void Add(string path, string message)
    {
        if (_paths.Add(path))
        {
            errors.Add(path, message);
        }
    }

    /// <inheritdoc />
    public JsonValueKind KindOf(string path) => (errors as IJsonKinds)?.KindOf(path) ?? JsonValueKind.Undefined;
}
