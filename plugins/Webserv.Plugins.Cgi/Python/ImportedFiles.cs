namespace Webserv.Plugins.Cgi.Python;

/// <summary>
/// The files that a fork server has read, and whether they are still the same. A look goes over a bounded number of them, and
/// the next one goes on from there.
/// </summary>
internal sealed class ImportedFiles
{
    /// <summary>How many files a look goes over at most.</summary>
    public const int FilesInALook = 500;

    private readonly List<(string Path, DateTime Time, long Length)> _files = [];
    private int _next;

    /// <summary>Takes a file down as it is now.</summary>
    public void Add(string path)
    {
        var (time, length) = Look(path);
        _files.Add((path, time, length));
    }

    /// <summary>Looks at some of the files.</summary>
    /// <returns>One that has changed, or <see langword="null"/>.</returns>
    public string? FindChanged()
    {
        for (var i = 0; i < Math.Min(_files.Count, FilesInALook); i++)
        {
            var file = _files[_next];
            _next = (_next + 1) % _files.Count;
            if (Look(file.Path) != (file.Time, file.Length))
            {
                return file.Path;
            }
        }

        return null;
    }

    // A file that is gone has the year 1601, which no file has that was read.
    private static (DateTime Time, long Length) Look(string path)
    {
        try
        {
            var information = new FileInfo(path);
            return (information.LastWriteTimeUtc, information.Exists ? information.Length : -1);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (default, -1); // It cannot be reached, by an interpreter as little: another than when it was read.
        }
    }
}
