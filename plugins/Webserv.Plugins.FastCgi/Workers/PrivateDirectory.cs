using System.Text;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>A directory for sockets and configurations that nobody else may enter; made when it is first needed.</summary>
internal sealed class PrivateDirectory : IDisposable
{
    // What is left of the 107 bytes of a socket's path has to do for the names in it.
    private const int LongestPath = 80;
    private readonly Lock _gate = new();
    private string? _path;
    private bool _disposed;

    /// <summary>Its absolute path.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public string Path
    {
        get
        {
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_disposed, this);
                return _path ??= Make();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            if (_path is not null)
            {
                Directory.Delete(_path, recursive: true);
                _path = null;
            }
        }
    }

    private static string Make()
    {
        try
        {
            var path = Directory.CreateTempSubdirectory("webserv-").FullName; // 0700
            if (Encoding.UTF8.GetByteCount(path) <= LongestPath)
            {
                return path;
            }

            Directory.Delete(path);
            throw new IOException($"the directory for temporary files, {System.IO.Path.GetTempPath()}, has too long a path for sockets in it; set TMPDIR to another one");
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }
    }
}
