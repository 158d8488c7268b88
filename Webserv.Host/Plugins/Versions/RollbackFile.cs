using System.Buffers;

namespace Webserv.Host.Plugins.Versions;

/// <summary>
/// What <c>webserv plugins rollback</c> leaves beside a plugin: as long as the files of the plugin are the ones that it names, a kept
/// version is loaded in their place. Other files, put there later, are loaded as ever.
/// </summary>
/// <param name="From">The hash of the files that are not to be loaded.</param>
/// <param name="To">The hash of the version that is.</param>
internal sealed record RollbackFile(string From, string To)
{
    private const string Extension = ".rollback";
    private const int HashDigits = 64;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>Where that of a candidate is.</summary>
    public static string PathOf(PluginCandidate candidate) => candidate.File + Extension;

    /// <summary>Reads it.</summary>
    /// <returns><see langword="null"/> where there is none.</returns>
    /// <exception cref="PluginException">It cannot be read, or is malformed.</exception>
    public static RollbackFile? Read(PluginCandidate candidate)
    {
        var path = PathOf(candidate);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            var lines = File.ReadAllLines(path).Where(line => line.Length > 0 && line[0] != '#').ToArray();
            return lines is [var from, var to] && HashIn(from, "from ") is { } source && HashIn(to, "to ") is { } target
                ? new RollbackFile(source, target)
                : throw new PluginException($"has a file {path} that is malformed: delete it, or let webserv plugins rollback write it");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"has a file {path} that cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>Puts it in place, whole.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be written.</exception>
    public void Write(PluginCandidate candidate)
    {
        // A name that is none of the plugin's files.
        var temporary = Path.Combine(candidate.Directory, $"{PluginFileSet.HostPrefix}{Guid.NewGuid():N}");
        File.WriteAllText(
            temporary, $"# webserv plugins rollback: in place of the files beside this, if their hash is the first, the second is loaded. Delete this to undo it.\nfrom {From}\nto {To}\n");
        File.Move(temporary, PathOf(candidate), overwrite: true);
    }

    private static string? HashIn(string line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) && line.Length == key.Length + HashDigits && !line.AsSpan(key.Length).ContainsAnyExcept(Hexadecimal)
            ? line[key.Length..]
            : null;
}
