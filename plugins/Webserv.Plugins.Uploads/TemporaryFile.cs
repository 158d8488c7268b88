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
    private const int Attempts = 8;

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
        for (var attempt = 1; ; attempt++)
        {
            var name = StaleFiles.Prefix + Guid.NewGuid().ToString("N") + StaleFiles.Suffix;
            var path = directory.Reach(name);
            try
            {
                var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);
                if (File.Exists(path))
                {
                    return new TemporaryFile(directory, name, handle, logger);
                }

                // Somebody cleaning up was there between its creation and its lock, and has removed it.
                handle.Dispose();
                if (attempt == Attempts)
                {
                    throw new IOException($"{path} was removed as soon as it was made, {Attempts} times");
                }
            }
            catch (Exception exception) when (DiskErrors.ToAnswer(exception) is { } answer)
            {
                throw answer;
            }
            catch (IOException exception) when (attempt < Attempts && exception is not (FileNotFoundException or DirectoryNotFoundException))
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

    private void CloseWhereAnOpenFileCanNotMove()
    {
        if (OperatingSystem.IsWindows())
        {
            _handle.Dispose();
        }
    }
}
