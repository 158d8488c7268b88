using System.Runtime.Versioning;
using Webserv.Host.Files;

namespace Webserv.Host.Plugins.Trust;

/// <summary>
/// Sees whether others than root and the server's own user could replace a plugin. Whoever can change what root loads is root.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class PluginPlace
{
    private const UnixFileMode WritableByOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Refuses a candidate whose files, folders, or what is above them, others may write to.</summary>
    /// <exception cref="PluginException">They may; says which command mends it.</exception>
    public static void Require(PluginCandidate candidate)
    {
        try
        {
            var directory = candidate.Directory;
            List<string> own = [directory, candidate.File, .. PluginFileSet.Of(candidate).Paths];
            own.AddRange(PluginFileSet.FilesBeside(candidate).Where(File.Exists));
            if (candidate.HasFolder)
            {
                own.AddRange(Directory.EnumerateDirectories(directory, "*", SearchOption.AllDirectories));
            }

            foreach (var path in own)
            {
                Require(path, isAbove: false);
            }

            foreach (var start in (string[])[directory, Resolve(directory)])
            {
                // Where anybody may put a folder, the sticky bit does not help: the folder of all plugins is as the plugin's own.
                var plugins = candidate.HasFolder ? Path.GetDirectoryName(start) : null;
                foreach (var path in Above(start))
                {
                    Require(path, isAbove: path != plugins);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"cannot be looked at: {exception.Message}", exception);
        }
    }

    private static void Require(string path, bool isAbove)
    {
        var mode = File.GetUnixFileMode(path);

        // Others may make files in a folder with the sticky bit, and neither rename nor delete what is not theirs.
        if ((mode & WritableByOthers) != 0 && !(isAbove && mode.HasFlag(UnixFileMode.StickyBit)))
        {
            throw new PluginException($"could be replaced by others, and the server runs as root: they may write to {path}. Mend it with: chmod go-w '{path}'");
        }

        if (FileOwner.Of(path) is { } owner && owner != 0 && owner != FileOwner.OfProcess)
        {
            throw new PluginException($"could be replaced by others, and the server runs as root: {path} belongs to the user {owner}. Mend it with: chown root '{path}'");
        }
    }

    /// <summary>The folders above; up to that of the program: who may write there, or above it, may replace the program itself.</summary>
    private static IEnumerable<string> Above(string directory)
    {
        var program = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        for (var path = Path.GetDirectoryName(directory); path is not null && path != program; path = Path.GetDirectoryName(path))
        {
            yield return path;
        }
    }

    /// <summary>The path without symbolic links, at its end or on its way.</summary>
    private static string Resolve(string directory)
    {
        var resolved = Path.GetPathRoot(directory)!;
        foreach (var name in directory[resolved.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            var entry = new DirectoryInfo(Path.Combine(resolved, name));
            resolved = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? entry.FullName;
        }

        return resolved;
    }
}
