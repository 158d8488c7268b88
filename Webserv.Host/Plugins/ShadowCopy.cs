namespace Webserv.Host.Plugins;

/// <summary>A private copy of a plugin's files in use: it is not pruned, by any server, until it is disposed.</summary>
internal sealed class ShadowCopy : IDisposable
{
    private readonly FileStream _lock;
    private PluginCache? _cache;
    private int _isDisposed;

    private ShadowCopy(string directory, string hash, FileStream heldLock)
    {
        Directory = directory;
        Hash = hash;
        _lock = heldLock;
    }

    /// <summary>The directory of the copy.</summary>
    public string Directory { get; }

    /// <summary>The hash of the files.</summary>
    public string Hash { get; }

    /// <summary>Takes a directory into use if it is there, free to use and intact.</summary>
    /// <returns><see langword="null"/> where it is not.</returns>
    public static ShadowCopy? TryOpen(string directory, string hash)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            return null;
        }

        FileStream? heldLock = null;
        try
        {
            // First the lock, then the look: what is locked is not pruned any more.
            heldLock = Lock(directory, FileMode.Open);
            if (PluginFileSet.OfFolder(directory).ComputeHash() == hash)
            {
                heldLock.Write([0]);
                var copy = new ShadowCopy(directory, hash, heldLock);
                heldLock = null;
                return copy;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PluginException)
        {
            // Being pruned this moment, damaged, or not ours: the caller makes another one and reports if it cannot.
            return null;
        }
        finally
        {
            heldLock?.Dispose();
        }

        return null;
    }

    /// <summary>The lock of a copy, shared by everybody who uses it; the time of its last write is that of its last use.</summary>
    public static FileStream Lock(string directory, FileMode mode) =>
        new(Path.Combine(directory, PluginFileSet.LockFile), mode, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    /// <summary>Tells everybody that it is still in use.</summary>
    public void Touch() => _lock.Write([0]);

    /// <summary>Keeps the cache there until the use ends.</summary>
    public ShadowCopy In(PluginCache cache)
    {
        cache.AddUser();
        _cache = cache;
        return this;
    }

    /// <summary>Ends the use.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        try
        {
            Touch();
        }
        catch (IOException)
        {
            // A full disk: then its last use seems to be longer ago than it is.
        }

        _lock.Dispose();
        Interlocked.Exchange(ref _cache, null)?.RemoveUser();
    }
}
