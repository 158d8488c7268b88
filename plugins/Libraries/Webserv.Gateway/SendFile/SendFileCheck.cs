namespace Webserv.Gateway.SendFile;

/// <summary>Checks the options that <see cref="SendFileRoots"/> is made of.</summary>
internal static class SendFileCheck
{
    /// <summary>Adds what is wrong.</summary>
    /// <param name="failures">Where to.</param>
    /// <param name="rootsOption">The name of the option with beginnings of paths.</param>
    /// <param name="roots">Its value.</param>
    /// <param name="directoriesOption">The name of the option with directories.</param>
    /// <param name="directories">Its value.</param>
    public static void Check(
        ICollection<string> failures,
        string rootsOption,
        IEnumerable<KeyValuePair<string, string>> roots,
        string directoriesOption,
        IEnumerable<string> directories)
    {
        foreach (var (prefix, directory) in roots)
        {
            if (prefix is not ['/', .., '/'] and not "/" || prefix.AsSpan().ContainsAny('%', '?', '\0'))
            {
                failures.Add($"{rootsOption}: '{prefix}' must be the beginning of a path, with slashes at both ends and not encoded, such as \"/protected/\"");
            }

            if (!IsPath(directory))
            {
                failures.Add($"{rootsOption}:{prefix}: must be the path of a directory");
            }
        }

        if (!directories.All(IsPath))
        {
            failures.Add($"{directoriesOption}: each must be the path of a directory");
        }
    }

    private static bool IsPath(string? path) => !string.IsNullOrEmpty(path) && !path.Contains('\0', StringComparison.Ordinal);
}
