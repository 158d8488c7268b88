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
/// the threads that ask for it, while the others go on with what is there.
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

    // In milliseconds.
    private const int LogInterval = 1000;

    private readonly FileCacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly IFileSystem _files;
    private readonly CoarseClock _clock;
    private readonly long _validFor;
    private readonly RootDirectory _anywhere;
    private readonly ConcurrentDictionary<(string Directory, bool DotFiles, SymbolicLinkPolicy Links), RootDirectory> _roots = new();
    private readonly RetiredFiles _retired;
    private readonly Lock _gate = new();
    private readonly ClockRing[] _shelves;
    private long _memory;
    private long _shedLoggedAt = long.MinValue / 2;
    private long _troubleLoggedAt = long.MinValue / 2;
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
        _logger = logger;
        _files = files;
        _clock = new CoarseClock(time);
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
    }

    /// <summary>The bytes of memory that are accounted for.</summary>
    public long Memory => Interlocked.Read(ref _memory);

    /// <summary>The number of paths that are remembered.</summary>
    public int Count => _roots.Values.Sum(root => root.Count) + _anywhere.Count;

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
                foreach (var slot in shelf.Clear())
                {
                    Evict(slot);
                }
            }
        }

        _retired.Dispose();
    }

    /// <summary>Whether what a slot holds can be used without asking the file system.</summary>
    public bool IsFresh(CacheSlot slot) => _clock.Milliseconds - slot.CheckedAt < _validFor;

    /// <summary>Looks up what is not remembered.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile Load(RootDirectory root, string path)
    {
        if (!root.IsAcceptable(path))
        {
            // Not remembered: to refuse it again costs less than to keep it.
            return new CachedFile(root, path, FileKind.Missing, default, null, null, _time.GetUtcNow());
        }

        var now = _clock.Milliseconds;
        var file = Open(root, path);
        var slot = new CacheSlot(root, file, GetShelf(file), now);
        if ((slot.Shelf == CacheShelf.Misses && path.Length > LongestMissRemembered) || !Keep(slot))
        {
            Retire(file);
        }

        return file;
    }

    /// <summary>Compares what a slot holds with the file system and replaces it where it changed.</summary>
    /// <exception cref="HttpException">503: the file system could not answer.</exception>
    public CachedFile Refresh(CacheSlot slot)
    {
        slot.Touch();
        var now = _clock.Milliseconds;
        var owns = slot.TryBeginCheck();
        if (!owns && now - slot.CheckedAt < _validFor * PatienceWithChecks)
        {
            return slot.File;
        }

        try
        {
            var held = slot.File;
            if (held.IsStill(Look(slot.Root, slot.Path, open: false)))
            {
                slot.Confirm(now);
                return held;
            }

            var file = Open(slot.Root, slot.Path);
            Swap(slot, file, now);
            return file;
        }
        finally
        {
            if (owns)
            {
                slot.EndCheck();
            }
        }
    }

    /// <summary>Opens a file that the cache has let go of, if it is unchanged.</summary>
    public bool TryReopen(RootDirectory root, string path, in FileFacts facts, [NotNullWhen(true)] out SafeFileHandle? handle)
    {
        var look = Look(root, path, open: true);
        handle = look.Handle;
        if (handle is null || look.Facts == facts)
        {
            return handle is not null;
        }

        handle.Dispose();
        handle = null;
        return false;
    }

    private static CacheShelf GetShelf(CachedFile file) =>
        file.HasDescriptor ? CacheShelf.Descriptors
        : file.Kind is FileKind.File or FileKind.Directory ? CacheShelf.Memory
        : CacheShelf.Misses;

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
                Evict(evicted);
            }

            return true;
        }
    }

    private void Swap(CacheSlot slot, CachedFile file, long now)
    {
        var shelf = GetShelf(file);
        lock (_gate)
        {
            if (!slot.IsDead && !_isDisposed)
            {
                if (shelf == slot.Shelf)
                {
                    Retire(slot.Replace(file, now));
                    return;
                }

                Evict(slot);
            }
        }

        if (!Keep(new CacheSlot(slot.Root, file, shelf, now)))
        {
            Retire(file);
        }
    }

    // Under the lock. Its place on the shelf is reused when the hand comes by.
    private void Evict(CacheSlot slot)
    {
        if (!slot.IsDead)
        {
            slot.IsDead = true;
            slot.Root.Remove(slot);
            Retire(slot.File);
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
        var look = Look(root, path, open: true);
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
                throw Fail(root, path, e.Message, e);
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

    private FileLookup Look(RootDirectory root, string path, bool open)
    {
        var look = _files.Look(root.Directory, path, root.Links, open);
        if (look is { IsExhausted: true, Trouble: { } trouble })
        {
            var count = ShedDescriptors();
            if (MayLog(ref _shedLoggedAt))
            {
                Log.ShedDescriptors(_logger, Path.Join(root.Directory, path), trouble, count);
            }

            look = _files.Look(root.Directory, path, root.Links, open);
        }

        return look.Trouble is null ? look : throw Fail(root, path, look.Trouble, null);
    }

    private HttpException Fail(RootDirectory root, string path, string trouble, Exception? cause)
    {
        var full = Path.Join(root.Directory, path);
        if (MayLog(ref _troubleLoggedAt))
        {
            Log.FileSystemTrouble(_logger, full, trouble);
        }

        return new HttpException(StatusCodes.ServiceUnavailable, $"{full}: {trouble}", cause);
    }

    // A lack of descriptors meets every request at once: one entry a second says it, the rest is in each request's own.
    private bool MayLog(ref long loggedAt)
    {
        var last = Interlocked.Read(ref loggedAt);
        var now = _clock.Milliseconds;
        return now - last >= LogInterval && Interlocked.CompareExchange(ref loggedAt, now, last) == last;
    }

    private int ShedDescriptors()
    {
        lock (_gate)
        {
            var count = 0;
            foreach (var slot in _shelves[(int)CacheShelf.Descriptors].Clear())
            {
                count += slot.IsDead ? 0 : 1;
                Evict(slot);
            }

            _retired.CloseAll();
            return count;
        }
    }
}
