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
    private const int Attempts = 4;

    private readonly SafeFileHandle _handle;
    private readonly ILogger _logger;
    private bool _isGone;

    private TemporaryFile(string path, SafeFileHandle handle, ILogger logger)
    {
        Path = path;
        _handle = handle;
        _logger = logger;
    }

    public string Path { get; }

    public long Length { get; private set; }

    public static TemporaryFile Create(string directory, ILogger logger)
    {
        for (var attempt = 1; ; attempt++)
        {
            var path = System.IO.Path.Combine(directory, StaleFiles.Prefix + Guid.NewGuid().ToString("N") + StaleFiles.Suffix);
            try
            {
                return new TemporaryFile(path, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None), logger);
            }
            catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
            {
                throw answer;
            }
            catch (IOException) when (attempt < Attempts && File.Exists(path))
            {
                // The name exists, or somebody cleaning up locked (and removes) the file before this process did: take another.
            }
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
    public bool TryMoveTo(string target)
    {
        CloseWhereAnOpenFileCanNotMove();
        try
        {
            return _isGone = NameReservation.TryMove(Path, target);
        }
        catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
        {
            throw answer;
        }
    }

    /// <summary>Gives the file its name, in place of whatever file has it.</summary>
    /// <returns>Whether the name was free.</returns>
    public bool MoveOver(string target)
    {
        if (TryMoveTo(target))
        {
            return true;
        }

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
            Log.TemporaryFileStays(_logger, Path, exception);
        }
    }

    private void CloseWhereAnOpenFileCanNotMove()
    {
        if (OperatingSystem.IsWindows())
        {
            _handle.Dispose();
        }
    }
}
