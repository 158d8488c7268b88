namespace Webserv.Host.Files;

/// <summary>The place of one path in the cache.</summary>
/// <param name="root">The root the path is below.</param>
/// <param name="file">What was found first.</param>
/// <param name="shelf">What kind of thing it holds, for as long as it lives.</param>
/// <param name="checkedAt">When the file system was asked.</param>
/// <param name="version">The version of the cache that was read before the file system was asked.</param>
/// <param name="epoch">The epoch of the cache in which it was asked for.</param>
internal sealed class CacheSlot(RootDirectory root, CachedFile file, CacheShelf shelf, long checkedAt, int version, int epoch)
{
    private CachedFile _file = file;
    private long _checkedAt = checkedAt;
    private int _version = version;
    private int _isBeingChecked;
    private int _epoch = epoch;
    private bool _isReferenced;

    /// <summary>The root the path is below.</summary>
    public RootDirectory Root { get; } = root;

    /// <summary>The path, as a key.</summary>
    public string Path { get; } = file.Path;

    /// <summary>What kind of thing it holds.</summary>
    public CacheShelf Shelf { get; } = shelf;

    /// <summary>What was found last.</summary>
    public CachedFile File => Volatile.Read(ref _file);

    /// <summary>When the file system was asked last.</summary>
    public long CheckedAt => Volatile.Read(ref _checkedAt);

    /// <summary>The version of the cache that was read before the file system was asked last. Never goes back.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>Its place on the shelf; -1 where it is not in the cache, or not any more. Changes under the cache's lock only.</summary>
    public int Place { get; set; } = -1;

    /// <summary>Notes that it was of use since the hand of the clock passed, and in which epoch.</summary>
    public void Touch(int epoch)
    {
        // Written only where it changes, so that the cache line stays shared.
        if (!_isReferenced)
        {
            _isReferenced = true;
        }

        if (_epoch != epoch)
        {
            _epoch = epoch;
        }
    }

    /// <summary>Whether a whole epoch has passed in which it was of no use.</summary>
    public bool IsIdle(int epoch) => epoch - _epoch > 1;

    /// <summary>Whether it was of use since the last call.</summary>
    public bool TakeReference()
    {
        var was = _isReferenced;
        _isReferenced = false;
        return was;
    }

    /// <summary>Takes on the check of this slot; <see langword="false"/> where another thread is at it.</summary>
    public bool TryBeginCheck() => Interlocked.Exchange(ref _isBeingChecked, 1) == 0;

    /// <summary>Ends a check.</summary>
    public void EndCheck() => Volatile.Write(ref _isBeingChecked, 0);

    /// <summary>Notes that the file system confirmed what was held, unless something else is held now. Called under the cache's lock.</summary>
    public void Confirm(CachedFile held, long now, int version)
    {
        if (ReferenceEquals(held, _file) && version - _version >= 0)
        {
            Volatile.Write(ref _checkedAt, now);
            Volatile.Write(ref _version, version);
        }
    }

    /// <summary>Puts what was found in, unless what is held was found under a later version. Called under the cache's lock.</summary>
    /// <returns>What is not held now: the older file, or the one that came too late.</returns>
    public CachedFile Replace(CachedFile file, long now, int version)
    {
        if (version - _version < 0)
        {
            return file;
        }

        // In this order: who sees the version sees a file that was found under it.
        var old = _file;
        Volatile.Write(ref _file, file);
        Volatile.Write(ref _checkedAt, now);
        Volatile.Write(ref _version, version);
        return old;
    }
}
