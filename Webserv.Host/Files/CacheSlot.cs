namespace Webserv.Host.Files;

/// <summary>The place of one path in the cache.</summary>
/// <param name="root">The root the path is below.</param>
/// <param name="file">What was found first.</param>
/// <param name="shelf">What kind of thing it holds, for as long as it lives.</param>
/// <param name="checkedAt">When the file system was asked.</param>
internal sealed class CacheSlot(RootDirectory root, CachedFile file, CacheShelf shelf, long checkedAt)
{
    private CachedFile _file = file;
    private long _checkedAt = checkedAt;
    private int _isBeingChecked;
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

    /// <summary>Whether it was taken out of the cache. Changes under the cache's lock only.</summary>
    public bool IsDead { get; set; }

    /// <summary>Notes that it was of use since the hand of the clock passed.</summary>
    public void Touch()
    {
        // Written only where it changes, so that the cache line stays shared.
        if (!_isReferenced)
        {
            _isReferenced = true;
        }
    }

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

    /// <summary>Notes that the file system confirmed what is held.</summary>
    public void Confirm(long now) => Volatile.Write(ref _checkedAt, now);

    /// <summary>Puts a newer version in. Called under the cache's lock.</summary>
    /// <returns>The older one.</returns>
    public CachedFile Replace(CachedFile file, long now)
    {
        var old = _file;
        Volatile.Write(ref _file, file);
        Volatile.Write(ref _checkedAt, now);
        return old;
    }
}
