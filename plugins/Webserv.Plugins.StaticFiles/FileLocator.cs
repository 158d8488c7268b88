using Webserv.Abstractions.Files;

namespace Webserv.Plugins.StaticFiles;

/// <summary>Finds the file that a path stands for: itself, or the index file of a directory.</summary>
internal sealed class FileLocator(StaticFilesOptions options, IDocumentRoot root)
{
    private readonly string[] _index = [.. options.GetIndex()];

    /// <summary>Finds what a path stands for.</summary>
    /// <param name="path">The path of the request.</param>
    /// <returns>
    /// A file to answer with; a directory without an index file, or whose path lacks its slash; or what else there is.
    /// </returns>
    public IFileEntry Find(string path)
    {
        var found = root.Find(path);
        return found.Kind == FileKind.Directory && path.EndsWith('/') ? FindIndex(found) : found;
    }

    private IFileEntry FindIndex(IFileEntry directory)
    {
        foreach (var name in _index)
        {
            var file = root.FindIn(directory, name);
            if (file.Kind is FileKind.File or FileKind.Forbidden)
            {
                return file;
            }
        }

        return directory;
    }
}
