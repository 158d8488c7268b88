using System.Text;
using Webserv.Gateway.Processes;
using Webserv.Gateway.Processes.Linux;

namespace Webserv.Plugins.FastCgi.Workers;

/// <summary>A directory for sockets and configurations that nobody else may enter; made when it is first needed.</summary>
internal sealed class SocketDirectory : IDisposable
{
    // What is left of the 107 bytes of a socket's path has to do for the names in it.
    private const int LongestPath = 70;
    private const UnixFileMode OwnersAndAWayThrough =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

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

    /// <summary>Makes a directory in it for a program that makes a socket as another user than the server's.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public PrivateDirectory MakeFor(ProcessIdentity identity)
    {
        var path = Path;
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, OwnersAndAWayThrough);
        }

        return PrivateDirectory.Create(path, identity);
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
