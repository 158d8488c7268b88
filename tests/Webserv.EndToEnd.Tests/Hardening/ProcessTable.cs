using System.Globalization;

namespace Webserv.EndToEnd.Tests.Hardening;

/// <summary>What <c>/proc</c> tells of processes.</summary>
internal static class ProcessTable
{
    /// <summary>The children of a process, those that are dead and not reaped included.</summary>
    public static IReadOnlyList<string> ChildrenOf(int process)
    {
        var children = new List<string>();
        foreach (var id in Ids())
        {
            // The name is in parentheses and may hold anything; state and parent are behind it.
            if (Read(id, "stat") is { } stat && stat[(stat.LastIndexOf(')') + 2)..].Split(' ') is [var state, var parent, ..]
                && int.Parse(parent, CultureInfo.InvariantCulture) == process)
            {
                children.Add($"{id} {state} {Read(id, "cmdline")?.Replace('\0', ' ')}");
            }
        }

        return children;
    }

    /// <summary>The processes that work in a directory or below: scripts and all that they started, whoever their parent is.</summary>
    public static IReadOnlyList<int> WorkingIn(string directory) =>
        [.. Ids().Where(id => LinkOf($"/proc/{id}/cwd") is { } path && (path + "/").StartsWith(directory + "/", StringComparison.Ordinal))];

    /// <summary>What a process has open, without the assemblies that the runtime opens when it first needs them.</summary>
    public static IReadOnlyList<string> OpenIn(int process) =>
    [
        .. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd")
            .Select(LinkOf)
            .OfType<string>()
            .Where(path => !path.EndsWith(".dll", StringComparison.Ordinal) && !path.EndsWith(".pdb", StringComparison.Ordinal)),
    ];

    private static IEnumerable<int> Ids() =>
        Directory.EnumerateDirectories("/proc")
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id > 0);

    private static string? Read(int process, string file)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/{file}");
        }
        catch (IOException)
        {
            return null; // It ended meanwhile.
        }
    }

    private static string? LinkOf(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null; // It was closed meanwhile, or the process ended.
        }
    }
}
