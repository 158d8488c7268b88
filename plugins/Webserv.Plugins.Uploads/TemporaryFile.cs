using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Http;

namespace Webserv.Plugins.Uploads;

/// <summary>
/// A hidden file beside the place where an upload will be: written to the end, then given its name in one step. Disposing
/// it without that removes it. It is locked while it is open, so that <see cref="StaleFiles"/> of another generation or process
/// leaves it alone.
/// </summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly HeldDirectory _directory;
    private readonly string _name;
    private readonly SafeFileHandle _handle;
    private readonly ILogger _logger;
    private bool _isGone;

    private TemporaryFile(HeldDirectory directory, string name, SafeFileHandle handle, ILogger logger)
    {
        _directory = directory;
        _name = name;
        _handle = handle;
        _logger = logger;
    }

    /// <summary>The path by which the system reaches it.</summary>
    public string Path => _directory.Reach(_name);

    public long Length { get; private set; }

    /// <summary>Makes one.</summary>
    /// <param name="directory">Where; it must be held for longer than the file.</param>
    /// <param name="logger">Is told of what cannot be removed.</param>
    public static TemporaryFile Create(HeldDirectory directory, ILogger logger)
    {
        var stem = StaleFiles.Prefix + Guid.NewGuid().ToString("N");
        var name = stem + StaleFiles.Suffix;
        try
        {
            if (OperatingSystem.IsWindows())
            {
                // There a file is locked from the moment it is made.
                return new TemporaryFile(directory, name, Open(directory.Reach(name)), logger);
            }

            // Elsewhere it is made and then locked, and gets the name by which unlocked files are cleared away when it is.
            var unlocked = directory.Reach(stem + StaleFiles.UnlockedSuffix);
            var handle = Open(unlocked);
            try
            {
                File.Move(unlocked, directory.Reach(name));
            }
            catch
            {
                // The next clearing up takes it.
                handle.Dispose();
                throw;
            }

            return new TemporaryFile(directory, name, handle, logger);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await RandomAccess.WriteAsync(_handle, bytes, Length, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }

        Length += bytes.Length;
    }

    public void SyncToDisk()
    {
        try
        {
            RandomAccess.FlushToDisk(_handle);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    /// <summary>Gives the file its name if that is free.</summary>
    public bool TryMoveTo(string name)
    {
        CloseWhereAnOpenFileCanNotMove();
        try
        {
            return _isGone = NameReservation.TryMove(Path, _directory.Reach(name));
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    /// <summary>Gives the file its name, in place of whatever file has it.</summary>
    /// <returns>Whether the name was free.</returns>
    public bool MoveOver(string name)
    {
        if (TryMoveTo(name))
        {
            return true;
        }

        var target = _directory.Reach(name);
        if (Directory.Exists(target) && new DirectoryInfo(target).LinkTarget is null)
        {
            throw new HttpException(StatusCodes.Conflict, "The name is that of a directory.");
        }

        try
        {
            File.Move(Path, target, overwrite: true);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }

        _isGone = true;
        return false;
    }

    public void Dispose()
    {
        _handle.Dispose();
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        try
        {
            File.Delete(Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.TemporaryFileStays(_logger, _directory.Name(_name), exception);
        }
    }

    private static SafeFileHandle Open(string path) => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    private void CloseWhereAnOpenFileCanNotMove()
    {
        if (OperatingSystem.IsWindows())
        {
            _handle.Dispose();
        }
    }
}
