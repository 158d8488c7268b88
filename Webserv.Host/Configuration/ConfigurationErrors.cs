using System.Text.Json;

namespace Webserv.Host.Configuration;

/// <summary>The errors of one configuration file, found by several stages that each keep adding to it.</summary>
/// <param name="file">The file, as it was named on the command line.</param>
internal sealed class ConfigurationErrors(string file) : IConfigurationErrors, IJsonKinds
{
    private readonly Lock _lock = new();
    private readonly List<ConfigurationError> _errors = [];
    private readonly HashSet<string> _unusable = new(StringComparer.OrdinalIgnoreCase);
    private JsonSourceMap _map = JsonSourceMap.Empty;

    /// <summary>Whether anything is wrong so far.</summary>
    public bool Any
    {
        get
        {
            lock (_lock)
            {
                return _errors.Count > 0;
            }
        }
    }

    /// <summary>What is wrong so far, by line; within a line in the order in which it was found.</summary>
    public IReadOnlyList<ConfigurationError> ToList()
    {
        lock (_lock)
        {
            return [.. _errors.OrderBy(error => error.Line)];
        }
    }

    /// <inheritdoc />
    public void Add(string path, string message) => AddAt(LineOf(path), path, message);

    /// <summary>Adds an error whose line is known.</summary>
    public void AddAt(int line, string path, string message)
    {
        lock (_lock)
        {
            var error = new ConfigurationError(file, line, path, message);
            if (!_unusable.Contains(path) && !_errors.Contains(error))
            {
                _errors.Add(error);
            }
        }
    }

    /// <summary>Adds an error after which nothing else about the value at that path is worth saying.</summary>
    public void AddFinal(string path, string message)
    {
        Add(path, message);
        lock (_lock)
        {
            _unusable.Add(path);
        }
    }

    /// <summary>Whether something is wrong at a path or below it.</summary>
    public bool HasErrorBelow(string path)
    {
        lock (_lock)
        {
            return _errors.Exists(error => error.Path.StartsWith(path, StringComparison.OrdinalIgnoreCase)
                && (error.Path.Length == path.Length || error.Path[path.Length] == ':'));
        }
    }

    /// <summary>The line of a path or of its nearest parent; 0 where none is known.</summary>
    public int LineOf(string path) => _map.LineOf(path);

    /// <inheritdoc />
    public JsonValueKind KindOf(string path) => _map.KindOf(path);

    /// <summary>Tells where the values of the file stand; from then on errors have lines.</summary>
    public void Locate(JsonSourceMap map) => _map = map;
}
