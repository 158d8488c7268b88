using System.Text;
using Microsoft.Extensions.Logging;
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
    private readonly ILogger _logger;

    // Held while a directory is made and gets its first file, and while one is removed that got none.
    private readonly Lock _making = new();

    public UploadDirectory(IPipelineEntry entry, UploadsOptions options, FileNames names, IOpenFileCache files, ILogger logger)
    {
        _logger = logger;
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
    /// <returns>It, to be disposed, or <see langword="null"/> where it is missing.</returns>
    /// <exception cref="HttpException">
    /// 400 for a name that can not be, too long a path and missing directories that may not be made so deep; 403 for a symbolic link, 409
    /// for a file.
    /// </exception>
    public HeldDirectory? Find(ReadOnlySpan<string> names)
    {
        ThrowIfImpossible(names);
        var directory = HeldDirectory.Open(Path);
        foreach (var name in names)
        {
            using var parent = directory;
            directory = parent.OpenChild(name);
            if (directory is null)
            {
                return _options.CreateDirectories && names.Length > _options.MaxDirectoryDepth ? throw IsTooDeep() : null;
            }
        }

        return directory;
    }

    /// <summary>
    /// Finds a directory below this one, makes what is missing of it, and begins a file there, in one step for <see cref="RemoveEmpty"/>:
    /// nobody's directory goes before its first file is there.
    /// </summary>
    /// <param name="names">Its names, outermost first.</param>
    /// <param name="file">To be disposed before the directory.</param>
    /// <exception cref="HttpException">As of <see cref="Find"/>, and what the file system refused.</exception>
    public MadeDirectory Make(string[] names, out TemporaryFile file)
    {
        lock (_making)
        {
            var made = Make(names);
            try
            {
                file = TemporaryFile.Create(made.Directory, _logger);
                return made;
            }
            catch
            {
                made.Dispose();
                throw;
            }
        }
    }

    /// <summary>Removes directories that were made for an upload, innermost first, as far as nothing is in them.</summary>
    /// <param name="names">The names of the innermost.</param>
    /// <param name="existing">How many of them were there before.</param>
    public void RemoveEmpty(ReadOnlySpan<string> names, int existing)
    {
        if (existing == names.Length)
        {
            return;
        }

        try
        {
            lock (_making)
            {
                using var parent = Find(names[..existing]);
                if (parent is not null)
                {
                    RemoveEmptyIn(parent, names[existing..]);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or HttpException)
        {
            // The upload has failed already, and of that the client is told.
            Log.DirectoryStays(_logger, System.IO.Path.Combine([Path, .. names]), exception);
        }
    }

    private HttpException IsTooDeep() => new(StatusCodes.BadRequest, $"Directories are not made deeper than {_options.MaxDirectoryDepth}.");

    private void ThrowIfImpossible(ReadOnlySpan<string> names)
    {
        // What is reached by descriptors could be longer than every path, and then nothing else would reach it.
        var length = Encoding.UTF8.GetByteCount(Path);
        foreach (var name in names)
        {
            if (!_names.IsValid(name))
            {
                throw new HttpException(StatusCodes.BadRequest, $"'{name}' is no name for a directory.");
            }

            length += 1 + Encoding.UTF8.GetByteCount(name);
        }

        if (length > MaxPathLength)
        {
            throw new HttpException(StatusCodes.BadRequest, "The path is too long.");
        }
    }

    private MadeDirectory Make(string[] names)
    {
        ThrowIfImpossible(names);
        var existing = names.Length;
        var directory = HeldDirectory.Open(Path);
        try
        {
            for (var i = 0; i < names.Length; i++)
            {
                using var parent = directory;
                if (parent.OpenChild(names[i]) is { } child)
                {
                    directory = child;
                    continue;
                }

                if (names.Length > _options.MaxDirectoryDepth)
                {
                    throw IsTooDeep();
                }

                existing = Math.Min(existing, i);
                directory = Make(parent, names[i]);
            }

            return new MadeDirectory(this, directory, names, existing);
        }
        catch
        {
            RemoveEmpty(names, existing);
            throw;
        }
    }

    private HeldDirectory Make(HeldDirectory parent, string name)
    {
        parent.CreateChild(name);
        if (_options.SyncToDisk)
        {
            parent.SyncToDisk();
        }

        _files.Invalidate(parent.Name(name));
        return parent.OpenChild(name) ?? throw new HttpException(StatusCodes.Conflict, $"'{parent.Name(name)}' is gone.");
    }

    private bool RemoveEmptyIn(HeldDirectory parent, ReadOnlySpan<string> names)
    {
        if (names.Length > 1)
        {
            using var child = parent.OpenChild(names[0]);
            if (child is null || !RemoveEmptyIn(child, names[1..]))
            {
                return false;
            }
        }

        if (!parent.TryRemoveChild(names[0]))
        {
            return false;
        }

        _files.Invalidate(parent.Name(names[0]));
        return true;
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
