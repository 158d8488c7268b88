using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Webserv.Plugins.StaticFiles;

/// <summary>
/// Remembers which path stands for which, so that making the other one costs an allocation, or a look into directories, only
/// once. What is at the other path is always looked up anew. Long paths are not remembered: they are the client's to choose.
/// </summary>
internal sealed class PathMemory
{
    private const int MostPaths = 4096;
    private const int LongestPath = 256;

    private readonly ConcurrentDictionary<string, string> _paths = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>The path that stands for another one, if it is remembered.</summary>
    public bool TryGet(string path, [NotNullWhen(true)] out string? other) => _paths.TryGetValue(path, out other);

    /// <summary>Remembers a path, unless it is long.</summary>
    public void Add(string path, string other)
    {
        if (path.Length > LongestPath)
        {
            return;
        }

        if (Interlocked.Increment(ref _count) > MostPaths)
        {
            // Rare and harmless: what is still asked for comes back with its next request.
            _paths.Clear();
            Volatile.Write(ref _count, 1);
        }

        _paths[path] = other;
    }
}
