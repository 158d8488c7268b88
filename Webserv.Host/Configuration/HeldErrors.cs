using System.Text.Json;

namespace Webserv.Host.Configuration;

/// <summary>Errors of an attempt, which are nobody's business where another one succeeds.</summary>
/// <param name="inner">Gets them when they are passed on.</param>
internal sealed class HeldErrors(IConfigurationErrors inner) : IConfigurationErrors, IJsonKinds
{
    private readonly List<(string Path, string Message)> _errors = [];

    /// <summary>How many there are.</summary>
    public int Count => _errors.Count;

    /// <summary>The first of them as a text; empty where there is none.</summary>
    public string First => _errors is [var (path, message), ..] ? $"{path}: {message}" : "";

    /// <inheritdoc/>
    public void Add(string path, string message) => _errors.Add((path, message));

    /// <inheritdoc/>
    public JsonValueKind KindOf(string path) => (inner as IJsonKinds)?.KindOf(path) ?? JsonValueKind.Undefined;

    /// <summary>Passes them on.</summary>
    public void PassOn()
    {
        foreach (var (path, message) in _errors)
        {
            inner.Add(path, message);
        }
    }
}
