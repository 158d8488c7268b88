namespace Webserv.Host.Configuration;

/// <summary>Checks the directories that a configuration serves.</summary>
internal static class RootDirectory
{
    /// <summary>Makes a root absolute and checks that it is a directory that can be read.</summary>
    /// <param name="text">As it is written.</param>
    /// <param name="baseDirectory">The directory of the configuration file.</param>
    /// <param name="path">
    /// The absolute path, also of a directory that cannot be served, so that what needs a root does not report it missing on
    /// top; <see langword="null"/> where there is none at all.
    /// </param>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public static string? Resolve(string text, string baseDirectory, out string? path)
    {
        path = null;
        if (string.IsNullOrWhiteSpace(text) || text.Contains('\0', StringComparison.Ordinal))
        {
            return "the root needs the path of a directory";
        }

        var full = Path.GetFullPath(text, baseDirectory);
        path = full;
        try
        {
            if (File.Exists(full))
            {
                return $"the root {full} is a file, not a directory";
            }

            using var entries = Directory.EnumerateFileSystemEntries(full).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (DirectoryNotFoundException)
        {
            return $"the root {full} does not exist";
        }
        catch (Exception problem) when (problem is UnauthorizedAccessException or IOException)
        {
            // Reported with its line, like everything else that is wrong with a configuration.
            return $"the root {full} cannot be read: {problem.Message}";
        }
    }
}
