using Microsoft.Extensions.Logging;

namespace Webserv.Host.Plugins;

/// <summary>Finds <c>Id/Id.dll</c> and <c>Id.dll</c> in plugin directories.</summary>
internal static class PluginDiscovery
{
    private const string Extension = ".dll";

    /// <summary>
    /// The directories to look in, each once, the least important first: <c>plugins/</c> beside the program, then those
    /// configured.
    /// </summary>
    public static IReadOnlyList<string> GetDirectories(string programDirectory, IEnumerable<string> configured, string configurationDirectory)
    {
        var directories = new List<string> { Path.Combine(programDirectory, "plugins") };
        directories.AddRange(configured.Select(directory => Path.GetFullPath(directory, configurationDirectory)));

        // The last mention counts, so that naming the program's own directory again moves it to its place in the list.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        foreach (var directory in Enumerable.Reverse(directories))
        {
            var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
            if (seen.Add(full))
            {
                result.Insert(0, full);
            }
        }

        return result;
    }

    /// <summary>
    /// Looks in the directories. A directory that does not exist is passed over; one that cannot be read is logged.
    /// </summary>
    /// <param name="directories">The least important first: a plugin in a later one hides its namesake in an earlier one.</param>
    /// <param name="logger">Is told what is hidden.</param>
    /// <param name="hidden">Is given what is hidden.</param>
    /// <param name="misnamed">Is given folders that are passed over, though there are assemblies in them.</param>
    /// <returns>One candidate an id, sorted by id.</returns>
    public static IReadOnlyList<PluginCandidate> Find(
        IEnumerable<string> directories, ILogger logger, ICollection<PluginCandidate> hidden, ICollection<MisnamedPlugin> misnamed)
    {
        var found = new Dictionary<string, PluginCandidate>(StringComparer.OrdinalIgnoreCase);
        foreach (var directory in directories)
        {
            foreach (var candidate in Look(directory, logger, misnamed))
            {
                if (found.TryGetValue(candidate.Id, out var earlier))
                {
                    hidden.Add(earlier);
                    logger.PluginOverridden(candidate.Id, earlier.File, candidate.File);
                }

                found[candidate.Id] = candidate;
            }
        }

        return [.. found.Values.OrderBy(candidate => candidate.Id, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>Single files first, so that a folder hides the single file of the same name.</summary>
    private static List<PluginCandidate> Look(string directory, ILogger logger, ICollection<MisnamedPlugin> misnamed)
    {
        var candidates = new List<PluginCandidate>();
        if (!Directory.Exists(directory))
        {
            return candidates;
        }

        try
        {
            foreach (var file in Directory.EnumerateFiles(directory, "*" + Extension).Order(StringComparer.Ordinal))
            {
                candidates.Add(new PluginCandidate(Path.GetFileNameWithoutExtension(file), file, HasFolder: false));
            }

            foreach (var folder in Directory.EnumerateDirectories(directory).Order(StringComparer.Ordinal))
            {
                LookInto(folder, candidates, logger, misnamed);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // One unreadable directory must not keep the plugins of the others from loading.
            logger.PluginDirectoryUnreadable(directory, exception.Message);
        }

        return candidates;
    }

    private static void LookInto(string folder, List<PluginCandidate> candidates, ILogger logger, ICollection<MisnamedPlugin> misnamed)
    {
        var id = Path.GetFileName(folder);
        var file = Path.Combine(folder, id + Extension);
        if (File.Exists(file))
        {
            candidates.Add(new PluginCandidate(id, file, HasFolder: true));
            return;
        }

        try
        {
            AddMisnamed(new MisnamedPlugin(id, file, GetAssemblyNames(folder)), logger, misnamed);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted since it was listed: it is no plugin any more.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another user's, or lost+found: the plugins behind it are none the less there.
            logger.PluginFolderUnreadable(folder, exception.Message);
        }
    }

    // Folders without any are something else: in a checkout, the sources of plugins.
    private static void AddMisnamed(MisnamedPlugin folder, ILogger logger, ICollection<MisnamedPlugin> misnamed)
    {
        if (folder.Found.Count > 0)
        {
            misnamed.Add(folder);
            logger.PluginMisnamed(folder.Expected, folder.FoundText);
        }
    }

    private static List<string> GetAssemblyNames(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*" + Extension).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
