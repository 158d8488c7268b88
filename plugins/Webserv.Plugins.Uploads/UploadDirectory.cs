using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.Uploads;

/// <summary>The directory of an entry and the way from a request's path into it; never out of it, symbolic links included.</summary>
internal sealed class UploadDirectory
{
    private readonly IPipelineEntry _entry;
    private readonly UploadsOptions _options;
    private readonly FileNames _names;
    private readonly IOpenFileCache _files;
    private readonly string _path;

    public UploadDirectory(IPipelineEntry entry, UploadsOptions options, FileNames names, IOpenFileCache files)
    {
        _files = files;
        _entry = entry;
        _options = options;
        _names = names;
        _path = options.Directory is null
            ? entry.Root ?? throw new InvalidOperationException("Directory: is missing, and the entry has no Root to store uploads in.")
            : entry.ResolvePath(options.Directory);
    }

    /// <summary>Makes the directory where the options say so.</summary>
    /// <exception cref="DirectoryNotFoundException">It is missing and must not be made.</exception>
    public string Prepare()
    {
        if (_options.CreateDirectory)
        {
            Directory.CreateDirectory(_path);
        }
        else if (!Directory.Exists(_path))
        {
            throw new DirectoryNotFoundException($"Directory: '{_path}' does not exist, and CreateDirectory is false.");
        }

        return _path;
    }

    /// <summary>
    /// The names from the directory to what a request means; the last is empty for a path with a trailing slash.
    /// </summary>
    public string[] GetNames(IHttpRequest request) =>
        (_options.Directory is null ? _entry.GetPathBelowRoot(request.Path) : _entry.GetPathBelowMatch(request.Path))[1..].Split('/');

    /// <summary>Finds a directory below this one.</summary>
    /// <param name="names">Its names, outermost first.</param>
    /// <param name="create">Whether missing ones are made.</param>
    /// <returns>Its path, or <see langword="null"/> where it is missing.</returns>
    /// <exception cref="HttpException">400 for a name that can not be, 403 for a symbolic link, 409 for a file.</exception>
    public string? Find(ReadOnlySpan<string> names, bool create)
    {
        var path = _path;
        foreach (var name in names)
        {
            if (!_names.IsValid(name))
            {
                throw new HttpException(StatusCodes.BadRequest, $"'{name}' is no name for a directory.");
            }

            path = Path.Combine(path, name);
            var directory = new DirectoryInfo(path);
            if (directory.LinkTarget is not null)
            {
                throw new HttpException(StatusCodes.Forbidden, $"'{path}' is a symbolic link.");
            }

            if (directory.Exists)
            {
                continue;
            }

            if (File.Exists(path))
            {
                throw new HttpException(StatusCodes.Conflict, $"'{path}' is a file.");
            }

            if (!create)
            {
                return null;
            }

            Create(path);
        }

        return path;
    }

    private void Create(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }

        _files.Invalidate(path);
    }
}
