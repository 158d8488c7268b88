namespace Webserv.Host.Plugins;

/// <summary>A file that may be a plugin.</summary>
/// <param name="Id">Its name without <c>.dll</c>.</param>
/// <param name="File">Its absolute path.</param>
/// <param name="HasFolder">Whether its directory belongs to it alone (<c>plugins/Id/Id.dll</c>), or it is a single file (<c>plugins/Id.dll</c>).</param>
internal sealed record PluginCandidate(string Id, string File, bool HasFolder)
{
    /// <summary>The directory that the file is in.</summary>
    public string Directory => Path.GetDirectoryName(File)!;

    /// <summary>The plugin in a folder <c>Foo</c>, or the file <c>Foo.dll</c>, as a plugin directory would have it.</summary>
    /// <param name="path">Folder or file.</param>
    /// <returns><see langword="null"/> where there is no such plugin.</returns>
    public static PluginCandidate? At(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var file = System.IO.Directory.Exists(full) ? Path.Combine(full, Path.GetFileName(full) + ".dll") : full;
        if (!System.IO.File.Exists(file) || !file.EndsWith(".dll", StringComparison.Ordinal))
        {
            return null;
        }

        var id = Path.GetFileNameWithoutExtension(file);
        return new PluginCandidate(id, file, HasFolder: Path.GetFileName(Path.GetDirectoryName(file)) == id);
    }
}
