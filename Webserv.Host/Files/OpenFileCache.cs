using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Http;
using Webserv.Abstractions.Pipeline;
using Webserv.Host.Configuration;

namespace Webserv.Host.Files;

/// <summary>
/// The open-file cache. Small files are held in memory without a descriptor, larger ones by a descriptor; directories and
/// misses are remembered too. Everything is bounded: entries, memory, and descriptors (a quarter of what the process may
/// have). An entry that is older than <see cref="FileCacheOptions.ValidFor"/> is compared with the file system by one of
/// the threads that ask for it, while the others go on with what is there. An invalidation makes every entry old at once,
/// whichever path it names: aliases, symbolic links and bind mounts give a file more names than a cache can know.
/// </summary>
internal sealed class OpenFileCache : IOpenFileCache, IDisposable
{
    // Counted against the budget of memory beside the content of each file.
    private const int EntryOverhead = 512;

    // Longer paths that lead nowhere are not remembered: the keys are the client's to choose.
    private const int LongestMissRemembered = 512;

    // How often a file is read again that changes while it is read.
    private const int AttemptsToRead = 3;

    // A check that takes so many times longer than a value is good for no longer holds the others back.
    private const int PatienceWithChecks = 10;

    // Slots that a sweep looks at before it lets others in.
    private const int SweepSlice = 256;

    private readonly FileCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly FileSystemAccess _files;
    private readonly CoarseClock _clock;
    private readonly long _validFor;
    private readonly RootDirectory _anywhere;
    private readonly ConcurrentDictionary<(string Directory, bool DotFiles, SymbolicLinkPolicy Links), RootDirectory> _roots = new();
    private readonly RetiredFiles _retired;
    private readonly ITimer _sweeper;
    private readonly Lock _gate = new();
    private readonly ClockRing[] _shelves;
    private long _memory;
    private int _version;
    private int _epoch;
    private bool _isDisposed;

    /// <summary>Makes an empty cache on the file system of this machine.</summary>
    public OpenFileCache(FileCacheOptions options, TimeProvider time, ILogger logger)
        : this(options, time, logger, OperatingSystem.IsLinux() ? new LinuxFileSystem() : new PortableFileSystem())
    {
    }

    /// <summary>Makes an empty cache.</summary>
    public OpenFileCache(FileCacheOptions options, TimeProvider time, ILogger logger, IFileSystem files)
    {
        _options = options;
        _time = time;
        _clock = new CoarseClock(time);
        _files = new FileSystemAccess(files, ShedDescriptors, _clock, logger);
        _validFor = (long)options.ValidFor.TotalMilliseconds;
        _retired = new RetiredFiles(time);
        _anywhere = new RootDirectory(
            this, OperatingSystem.IsWindows() ? "" : "/", allowDotFiles: true, SymbolicLinkPolicy.Follow, isTrusted: true);
        var misses = Math.Max(1, options.MaxEntries / 4);
        _shelves =
        [
            new ClockRing(misses),
            new ClockRing(Math.Max(1, options.MaxEntries - misses)),
            new ClockRing(Math.Max(1, Math.Min(files.DescriptorBudget, options.MaxEntries))),
        ];
        _sweeper = time.CreateTimer(static state => ((OpenFileCache)state!).DropIdle(), this, options.InactiveFor, options.InactiveFor);
    }

    /// <summary>The bytes of memory that are accounted for.</summary>
    public long Memory => Interlocked.Read(ref _memory);

    /// <summary>The number of paths that are remembered.</summary>
    public int Count => _roots.Values.Sum(root => root.Count) + _anywhere.Count;

    /// <summary>The time as far as it matters for what is idle: how many times <see cref="FileCacheOptions.InactiveFor"/> has passed.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    /// <inheritdoc />
    public IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(options);
        var directory = entry.Root
            ?? throw new InvalidOperationException($"{entry.ConfigurationPath}: no Root is configured here or further out.");
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var root = _roots.GetOrAdd(
            (directory, options.ServeDotFiles, options.SymbolicLinks),
            static (key, cache) => new RootDirectory(cache, key.Directory, key.DotFiles, key.Links),
            this);
        return new DocumentRoot(root, entry);
    }

    /// <inheritdoc />
    public void Invalidate(string absolutePath)
    {
        ArgumentNullException.ThrowIfNull(absolutePath);
        if (!Path.IsPathFullyQualified(absolutePath))
        {
            throw new ArgumentException($"'{absolutePath}' is not absolute.", nameof(absolutePath));
        }

        Interlocked.Increment(ref _version);
    }

    /// <summary>Finds any file of the machine, for the server's own use: links are followed and no name is hidden.</summary>
    /// <param name="absolutePath">An absolute path.</param>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile FindFile(string absolutePath) => _anywhere.Find(absolutePath);

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var shelf in _shelves)
            {
                EvictAll(shelf);
            }
        }

        _sweeper.Dispose();
        _retired.Dispose();
    }

    /// <summary>Whether what a slot holds can be used without asking the file system.</summary>
    public bool IsFresh(CacheSlot slot) => slot.Version == Volatile.Read(ref _version) && _clock.Milliseconds - slot.CheckedAt < _validFor;

    /// <summary>Looks up what is not remembered.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile Load(RootDirectory root, string path)
    {
        if (!root.IsAcceptable(path))
        {
            // Not remembered: to refuse it again costs less than to keep it.
            return new CachedFile(root, path, FileKind.Missing, default, null, null, _time.GetUtcNow());
        }

        var slot = Look(root, path);
        if ((slot.Shelf == CacheShelf.Misses && path.Length > LongestMissRemembered) || !Keep(slot))
        {
            Retire(slot.File);
        }

        return slot.File;
    }

    /// <summary>Looks up what is looked for along with another path, which remembers it where nothing is there.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile Load(RootDirectory root, RelatedPath related)
    {
        if (!root.IsAcceptable(related.Path))
        {
            return Load(root, related.Path);
        }

        var slot = Look(root, related.Path);
        if (slot.Shelf == CacheShelf.Misses)
        {
            related.Absence = slot;
        }
        else if (!Keep(slot))
        {
            Retire(slot.File);
        }

        return slot.File;
    }

    /// <summary>Compares what a slot holds with the file system and replaces it where it changed.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile Refresh(CacheSlot slot)
    {
        slot.Touch(Epoch);
        var version = Volatile.Read(ref _version);
        var now = _clock.Milliseconds;
        var owns = slot.TryBeginCheck();

        // A check that is under way may have begun before an invalidation: then this thread makes its own.
        if (!owns && slot.Version == version && now - slot.CheckedAt < _validFor * PatienceWithChecks)
        {
            return slot.File;
        }

        try
        {
            return Check(slot, now, version);
        }
        finally
        {
            if (owns)
            {
                slot.EndCheck();
            }
        }
    }

    /// <summary>Compares what a slot holds with the file system, however fresh it is.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile CheckNow(CacheSlot slot)
    {
        slot.Touch(Epoch);
        var version = Volatile.Read(ref _version);
        return Check(slot, _clock.Milliseconds, version);
    }

    /// <summary>Reads a directory through a descriptor that is opened for it; see <see cref="IDocumentRoot.Enumerate"/>.</summary>
    public IEnumerable<DirectoryItem> Enumerate(RootDirectory root, string path) => _files.Enumerate(root, path);

    /// <summary>Opens a file that the cache has let go of, if it is unchanged.</summary>
    public bool TryReopen(RootDirectory root, string path, in FileFacts facts, [NotNullWhen(true)] out SafeFileHandle? handle)
    {
        var look = _files.Look(root, path, open: true);
        handle = look.Handle;
        if (handle is null || look.Facts == facts)
        {
            return handle is not null;
        }

        handle.Dispose();
        handle = null;
        return false;
    }

    /// <summary>What an open file is like now.</summary>
    /// <exception cref="IOException">The file system failed.</exception>
    public FileFacts Examine(SafeFileHandle handle) => _files.Examine(handle);

    private static CacheShelf GetShelf(CachedFile file) =>
        file.HasDescriptor ? CacheShelf.Descriptors
        : file.Kind is FileKind.File or FileKind.Directory ? CacheShelf.Memory
        : CacheShelf.Misses;

    private CacheSlot Look(RootDirectory root, string path)
    {
        // The version is read before the file system: what changes after that makes the slot old.
        var version = Volatile.Read(ref _version);
        var now = _clock.Milliseconds;
        var file = Open(root, path);
        return new CacheSlot(root, file, GetShelf(file), now, version, Epoch);
    }

    private bool Keep(CacheSlot slot)
    {
        lock (_gate)
        {
            if (_isDisposed || !slot.Root.TryAdd(slot))
            {
                return false;
            }

            if (_shelves[(int)slot.Shelf].Add(slot) is { } evicted)
            {
                Forget(evicted);
            }

            return true;
        }
    }

    private CachedFile Check(CacheSlot slot, long now, int version)
    {
        var held = slot.File;
        if (held.IsStill(_files.Look(slot.Root, slot.Path, open: false)))
        {
            lock (_gate)
            {
                slot.Confirm(held, now, version);
            }

            return held;
        }

        var file = Open(slot.Root, slot.Path);
        Swap(slot, file, now, version);
        return file;
    }

    private void Swap(CacheSlot slot, CachedFile file, long now, int version)
    {
        var shelf = GetShelf(file);
        lock (_gate)
        {
            if (slot.Place >= 0 && !_isDisposed)
            {
                if (shelf == slot.Shelf)
                {
                    Retire(slot.Replace(file, now, version));
                    return;
                }

                Evict(slot);
            }
        }

        if (!Keep(new CacheSlot(slot.Root, file, shelf, now, version, Epoch)))
        {
            Retire(file);
        }
    }

    // Under the lock.
    private void Evict(CacheSlot slot)
    {
        _shelves[(int)slot.Shelf].Remove(slot);
        Forget(slot);
    }

    // Under the lock.
    private int EvictAll(ClockRing shelf)
    {
        var count = shelf.Count;
        while (shelf.Count > 0)
        {
            Evict(shelf[shelf.Count - 1]);
        }

        return count;
    }

    private void Forget(CacheSlot slot)
    {
        slot.Root.Remove(slot);
        Retire(slot.File);
    }

    /// <summary>
    /// Lets go of what nobody has asked for in a whole epoch: a file that was deleted takes room on the disk for as long as its
    /// descriptor is open, and content that is asked for once takes memory.
    /// </summary>
    private void DropIdle()
    {
        var epoch = Interlocked.Increment(ref _epoch);
        foreach (var shelf in _shelves)
        {
            var next = int.MaxValue;
            while (next >= 0)
            {
                lock (_gate)
                {
                    // From the end, where the slot that takes the place of one that goes was looked at before.
                    next = Math.Min(next, shelf.Count - 1);
                    for (var left = SweepSlice; left > 0 && next >= 0; left--, next--)
                    {
                        if (shelf[next].IsIdle(epoch))
                        {
                            Evict(shelf[next]);
                        }
                    }
                }
            }
        }
    }

    private void Retire(CachedFile file)
    {
        if (file.Content is not null)
        {
            Interlocked.Add(ref _memory, -GetCost(file.Content.Length));
        }

        if (file.HasDescriptor)
        {
            _retired.Add(file);
        }
    }

    private CachedFile Open(RootDirectory root, string path)
    {
        var now = _time.GetUtcNow();
        var look = _files.Look(root, path, open: true);
        var facts = look.Facts;
        byte[]? content = null;
        var handle = look.Handle;
        if (handle is not null)
        {
            try
            {
                content = ReadContent(handle, ref facts);
            }
            catch (IOException e)
            {
                handle.Dispose();
                throw _files.Fail(root, path, e.Message, e);
            }

            if (content is not null)
            {
                handle.Dispose();
                handle = null;
            }
        }

        return new CachedFile(root, path, look.Kind, facts, content, handle, now);
    }

    private byte[]? ReadContent(SafeFileHandle handle, ref FileFacts facts)
    {
        for (var attempt = 0; attempt < AttemptsToRead; attempt++)
        {
            var length = facts.Length;
            if (length > _options.MaxFileInMemory.Bytes || length > Array.MaxLength || !TryReserve(length))
            {
                return null;
            }

            var isWhole = false;
            try
            {
                var content = length == 0 ? [] : GC.AllocateUninitializedArray<byte>((int)length);
                var count = _files.Read(handle, content);
                var after = _files.Examine(handle);
                isWhole = count == length && after == facts;
                facts = after;
                if (isWhole)
                {
                    return content;
                }
            }
            finally
            {
                if (!isWhole)
                {
                    Interlocked.Add(ref _memory, -GetCost(length));
                }
            }
        }

        return null;
    }

    private static long GetCost(long length) => length + EntryOverhead;

    // Makes room from what was not used lately. Where all of it was, the newcomer is sent from its descriptor instead.
    private bool TryReserve(long length)
    {
        var cost = GetCost(length);
        if (cost > _options.MaxMemory.Bytes)
        {
            return false;
        }

        while (true)
        {
            if (Interlocked.Add(ref _memory, cost) <= _options.MaxMemory.Bytes)
            {
                return true;
            }

            Interlocked.Add(ref _memory, -cost);
            lock (_gate)
            {
                if (_shelves[(int)CacheShelf.Memory].FindIdle() is not { } idle)
                {
                    return false;
                }

                Evict(idle);
            }
        }
    }

    private int ShedDescriptors()
    {
        lock (_gate)
        {
            var count = EvictAll(_shelves[(int)CacheShelf.Descriptors]);
            _retired.CloseAll();
            return count;
        }
    }
}
