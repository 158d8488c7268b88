using System.Collections.Concurrent;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Gateway.Processes;

/// <summary>Finds programs by name in the server's PATH, and remembers where they were.</summary>
internal sealed class ProgramLocator(IPipelineEntry entry, string searchPath)
{
    private readonly ConcurrentDictionary<string, string> _found = new(StringComparer.Ordinal);

    /// <summary>Where programs without a slash are looked up.</summary>
    public string SearchPath => searchPath;

    /// <summary>The absolute path of a program, or <see langword="null"/> where there is none that can be run.</summary>
    public string? Find(string program)
    {
        if (_found.TryGetValue(program, out var known))
        {
            return known;
        }

        var path = Search(program);
        if (path is not null)
        {
            _found[program] = path;
        }

        return path;
    }

    /// <summary>Looks a program up again the next time, because it is not where it was.</summary>
    public void Forget(string program) => _found.TryRemove(program, out _);

    private string? Search(string program)
    {
        if (program.AsSpan().IndexOfAny('/', Path.DirectorySeparatorChar) >= 0)
        {
            var path = entry.ResolvePath(program);
            return IsProgram(path) ? path : null;
        }

        if (OperatingSystem.IsWindows())
        {
            return program; // CreateProcess looks it up, with its endings.
        }

        return searchPath.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(directory => Path.Join(directory, program))
            .FirstOrDefault(IsProgram);
    }

    private static bool IsProgram(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
