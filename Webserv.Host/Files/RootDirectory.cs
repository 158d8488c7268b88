using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;

namespace Webserv.Host.Files;

/// <summary>What is remembered below one directory under one set of rules; shared by every entry that serves it so.</summary>
/// <param name="cache">The cache it is part of.</param>
/// <param name="directory">The absolute path of the directory; it may be a symbolic link.</param>
/// <param name="allowDotFiles">Whether names may begin with a dot.</param>
/// <param name="links">Which symbolic links are followed.</param>
/// <param name="isTrusted">Whether paths come from the server itself and are left to the file system as they are.</param>
internal sealed class RootDirectory(
    OpenFileCache cache, string directory, bool allowDotFiles, SymbolicLinkPolicy links, bool isTrusted = false)
{
    private readonly ConcurrentDictionary<string, CacheSlot> _slots = new(StringComparer.Ordinal);

    /// <summary>The absolute path of the directory.</summary>
    public string Directory { get; } = directory;

    /// <summary>Which symbolic links are followed.</summary>
    public SymbolicLinkPolicy Links { get; } = links;

    /// <summary>Whether names may begin with a dot.</summary>
    public bool AllowsDotFiles => allowDotFiles;

    /// <summary>The number of paths that are remembered.</summary>
    public int Count => _slots.Count;

    /// <summary>Finds a path. While it is fresh this is one look into a table: no system call, no lock, no allocation.</summary>
    /// <param name="path">A path below the directory.</param>
    public CachedFile Find(string path) => _slots.TryGetValue(path, out var slot) ? Use(slot) : cache.Load(this, path);

    /// <summary>Finds a path that is looked for along with another one.</summary>
    /// <param name="related">A path below the directory.</param>
    public CachedFile Find(RelatedPath related) =>
        related.Absence is { } absence && cache.IsFresh(absence) ? absence.File
        : _slots.TryGetValue(related.Path, out var slot) ? Use(slot)
        : related.IsRemembered ? cache.Load(this, related)
        : cache.Load(this, related.Path);

    /// <summary>Finds a path and asks the file system for it whatever is remembered.</summary>
    /// <param name="path">A path below the directory.</param>
    public CachedFile FindNow(string path) => _slots.TryGetValue(path, out var slot) ? cache.CheckNow(slot) : cache.Load(this, path);

    /// <summary>Reads a directory.</summary>
    /// <param name="path">Its path below this one.</param>
    public IEnumerable<DirectoryItem> Enumerate(string path) => cache.Enumerate(this, path);

    /// <summary>Whether a path may be looked up.</summary>
    public bool IsAcceptable(string path) =>
        isTrusted ? Path.IsPathFullyQualified(path) && !path.Contains('\0', StringComparison.Ordinal) : RequestPathRules.IsAcceptable(path, allowDotFiles);

    /// <summary>Whether a single name may be looked up.</summary>
    public bool IsAcceptableName(string name) => RequestPathRules.IsAcceptableName(name, allowDotFiles);

    /// <summary>Remembers a slot.</summary>
    /// <returns>Whether there was none for its path.</returns>
    public bool TryAdd(CacheSlot slot) => _slots.TryAdd(slot.Path, slot);

    /// <summary>Forgets a slot, unless another has taken its place.</summary>
    public void Remove(CacheSlot slot) => _slots.TryRemove(new KeyValuePair<string, CacheSlot>(slot.Path, slot));

    /// <summary>Opens a file again, if it is unchanged.</summary>
    public bool TryReopen(string path, in FileFacts facts, [NotNullWhen(true)] out SafeFileHandle? handle) =>
        cache.TryReopen(this, path, facts, out handle);

    /// <summary>What an open file is like now.</summary>
    public FileFacts Examine(SafeFileHandle handle) => cache.Examine(handle);

    private CachedFile Use(CacheSlot slot)
    {
        if (!cache.IsFresh(slot))
        {
            return cache.Refresh(slot);
        }

        slot.Touch(cache.Epoch);
        return slot.File;
    }
}
