using System.Text;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.Uploads;

/// <summary>The directory of an entry and the way from a request's path into it; never out of it, symbolic links included.</summary>
internal sealed class UploadDirectory
{
    // The longest path of a directory, in bytes: PATH_MAX, its zero included, without the longest name and the slash before it.
    private static readonly int MaxPathLength = (OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? 4096 : 1024) - 257;

    private readonly IPipelineEntry _entry;
    private readonly UploadsOptions _options;
    private readonly FileNames _names;
    private readonly IOpenFileCache _files;

    public UploadDirectory(IPipelineEntry entry, UploadsOptions options, FileNames names, IOpenFileCache files)
    {
        _files = files;
        _entry = entry;
        _options = options;
        _names = names;
        Path = options.Directory is null
            ? entry.Root ?? throw new InvalidOperationException("Directory: is missing, and the entry has no Root to store uploads in.")
            : entry.ResolvePath(options.Directory);
        Root = files.OpenRoot(options.Directory is null ? entry : new UploadedFilesEntry(entry, Path), new DocumentRootOptions());
    }

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>The directory in the open-file cache, where files have the entity-tags that they are served with.</summary>
    public IDocumentRoot Root { get; }

    /// <summary>Makes the directory where the options say so.</summary>
    /// <exception cref="DirectoryNotFoundException">It is missing and must not be made.</exception>
    public void Prepare()
    {
        if (_options.CreateDirectory)
        {
            Make(Path);
        }
        else if (!Directory.Exists(Path))
        {
            throw new DirectoryNotFoundException($"Directory: '{Path}' does not exist, and CreateDirectory is false.");
        }
    }

    /// <summary>
    /// The names from the directory to what a request means; the last is empty for a path with a trailing slash.
    /// </summary>
    public string[] GetNames(IHttpRequest request) =>
        (_options.Directory is null ? _entry.GetPathBelowRoot(request.Path) : _entry.GetPathBelowMatch(request.Path))[1..].Split('/');

    /// <summary>Finds a directory below this one and holds it.</summary>
    /// <param name="names">Its names, outermost first.</param>
    /// <param name="create">Whether missing ones are made.</param>
    /// <returns>It, to be disposed, or <see langword="null"/> where it is missing.</returns>
    /// <exception cref="HttpException">400 for a name that can not be, too long a path and too many directories, 403 for a symbolic link, 409 for a file.</exception>
    public HeldDirectory? Find(ReadOnlySpan<string> names, bool create)
    {
        // What is reached by descriptors could be longer than every path, and then nothing else would reach it.
        var length = Encoding.UTF8.GetByteCount(Path);
        foreach (var name in names)
        {
            length += 1 + Encoding.UTF8.GetByteCount(name);
        }

        if (length > MaxPathLength)
        {
            throw new HttpException(StatusCodes.BadRequest, "The path is too long.");
        }

        var directory = HeldDirectory.Open(Path);
        foreach (var name in names)
        {
            using var parent = directory;
            if (!_names.IsValid(name))
            {
                throw new HttpException(StatusCodes.BadRequest, $"'{name}' is no name for a directory.");
            }

            directory = parent.OpenChild(name);
            if (directory is null)
            {
                if (!create)
                {
                    return null;
                }

                if (names.Length > _options.MaxDirectoryDepth)
                {
                    throw new HttpException(StatusCodes.BadRequest, $"Directories are not made deeper than {_options.MaxDirectoryDepth}.");
                }

                parent.CreateChild(name);
                if (_options.SyncToDisk)
                {
                    parent.SyncToDisk();
                }

                _files.Invalidate(parent.Name(name));
                directory = parent.OpenChild(name) ?? throw new HttpException(StatusCodes.Conflict, $"'{parent.Name(name)}' is gone.");
            }
        }

        return directory;
    }

    /// <summary>Makes a directory with those that it is in, each of them on the disk where the options say so.</summary>
    private void Make(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = System.IO.Path.GetDirectoryName(path);
        if (parent is not null)
        {
            Make(parent);
        }

        Directory.CreateDirectory(path);
        if (_options.SyncToDisk && parent is not null)
        {
            using var held = HeldDirectory.Open(parent);
            held.SyncToDisk();
        }
    }
}
