using Microsoft.Extensions.Logging;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Plugins;

/// <summary>
/// Private copies of plugins, <c>cache/Id/hash/</c>, so that the originals can be overwritten while they run. Any
/// number of servers of one user share it: a copy is made under another name and appears by a rename, and it is
/// deleted only by who holds its lock alone.
/// </summary>
internal sealed class PluginCache : IDisposable
{
    private const string TemporaryPrefix = ".tmp-";
    private const int KeptCopies = 2;
    private const int Attempts = 5;
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxTemporaryAge = TimeSpan.FromHours(1);

    private readonly bool _isTemporary;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;

    /// <summary>The owner and the copies in use.</summary>
    private int _users = 1;

    private int _isDisposed;

    private PluginCache(string directory, bool isTemporary, TimeProvider timeProvider, ILogger logger)
    {
        Root = directory;
        _isTemporary = isTemporary;
        _timeProvider = timeProvider;
        _logger = logger;
    }

    /// <summary>The directory of all copies.</summary>
    public string Root { get; }

    /// <summary>Opens the cache, or a directory of this process alone where there is no usable one.</summary>
    /// <param name="directory">Where it is; <see langword="null"/> for the user's cache directory.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Is told about the directory that could not be used.</param>
    /// <exception cref="IOException">Not even a temporary directory can be made.</exception>
    public static PluginCache Open(string? directory, TimeProvider timeProvider, ILogger logger)
    {
        directory ??= PluginCacheDirectory.Find(Environment.GetEnvironmentVariable);
        var problem = "the environment names no home directory";
        if (directory is not null && PluginCacheDirectory.TryPrepare(directory, out problem))
        {
            return new PluginCache(directory, isTemporary: false, timeProvider, logger);
        }

        // 0700 on Unix.
        var temporary = Directory.CreateTempSubdirectory("webserv-plugins-").FullName;
        logger.PluginCacheUnusable(directory ?? "(none)", problem, temporary);
        return new PluginCache(temporary, isTemporary: true, timeProvider, logger);
    }

    /// <summary>Finds or makes the private copy of a plugin's files.</summary>
    /// <exception cref="PluginException">The files cannot be copied.</exception>
    public ShadowCopy Copy(PluginCandidate candidate)
    {
        try
        {
            var files = PluginFileSet.Of(candidate);
            var directory = Directory.CreateDirectory(Path.Combine(Root, candidate.Id)).FullName;
            return (OpenExisting(directory, files.ComputeHash()) ?? Make(directory, files)).In(this);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PluginException($"cannot be copied to {Root}: {exception.Message}", exception);
        }
    }

    /// <summary>Finds the copy of a version that has served.</summary>
    /// <exception cref="PluginException">It is not kept, or is damaged.</exception>
    public ShadowCopy OpenKept(PluginCandidate candidate, string hash) =>
        OpenExisting(Path.Combine(Root, candidate.Id), hash)?.In(this)
        ?? throw new PluginException(
            $"was rolled back to the version {hash}, which is not kept in {Root} any more or is damaged"
            + (File.Exists(RollbackFile.PathOf(candidate)) ? $": delete {RollbackFile.PathOf(candidate)} to load the files beside it, or put others there" : ""));

    /// <summary>
    /// Deletes copies that nobody uses: of versions that have served, those of each plugin but for the newest; of others, those but
    /// for the two used last; all of a plugin that was not used for thirty days, and what crashed servers left behind. What cannot be
    /// deleted is left for the next time.
    /// </summary>
    /// <param name="versions">How many versions of a plugin that have served are kept, at least one.</param>
    /// <param name="length">The most bytes of them, but for the newest.</param>
    public void Prune(int versions = KeptCopies, long length = long.MaxValue)
    {
        try
        {
            foreach (var plugin in new DirectoryInfo(Root).EnumerateDirectories())
            {
                Prune(plugin, versions, length);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Copies that stay cost some disk space and nothing else.
            _logger.PluginCacheNotPruned(Root, exception.Message);
        }
    }

    /// <summary>Gives the cache up. A directory that is of this process alone is deleted when its last copy is out of use.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            RemoveUser();
        }
    }

    /// <summary>A copy is taken into use.</summary>
    internal void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>A copy, or the cache itself, is not used any more.</summary>
    internal void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) > 0 || !_isTemporary)
        {
            return;
        }

        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.PluginCacheNotPruned(Root, exception.Message);
        }
    }

    private void Prune(DirectoryInfo plugin, int versions, long length)
    {
        var now = _timeProvider.GetUtcNow().UtcDateTime;
        var copies = plugin.EnumerateDirectories().Select(copy => new CachedCopy(copy, GetLastUse(copy))).ToList();
        copies.Sort((left, right) => right.LastUse.CompareTo(left.LastUse));
        foreach (var copy in copies.Where(copy => IsTemporary(copy.Directory) && now - copy.LastUse > MaxTemporaryAge))
        {
            TryDelete(copy.Directory.FullName);
        }

        copies.RemoveAll(copy => IsTemporary(copy.Directory));
        var isForgotten = copies.Count > 0 && now - copies[0].LastUse > MaxAge;
        var served = KeptVersion.Find(Root, plugin.Name);
        var total = 0L;
        for (var index = 0; index < served.Count; index++)
        {
            total += served[index].Length;
            if (isForgotten || (index > 0 && (index >= versions || total > length)))
            {
                TryDelete(served[index].Directory);
            }
        }

        var others = copies.Where(copy => !served.Any(version => version.Directory == copy.Directory.FullName)).ToList();
        for (var index = 0; index < others.Count; index++)
        {
            if (index >= KeptCopies || now - others[index].LastUse > MaxAge)
            {
                TryDelete(others[index].Directory.FullName);
            }
        }
    }

    private static bool IsTemporary(DirectoryInfo copy) => copy.Name.StartsWith(TemporaryPrefix, StringComparison.Ordinal);

    private static ShadowCopy? OpenExisting(string directory, string hash) =>
        ShadowCopy.TryOpen(Path.Combine(directory, hash), hash);

    private static DateTime GetLastUse(DirectoryInfo copy)
    {
        var lockFile = new FileInfo(Path.Combine(copy.FullName, PluginFileSet.LockFile));
        return lockFile.Exists ? lockFile.LastWriteTimeUtc : copy.LastWriteTimeUtc;
    }

    private ShadowCopy Make(string directory, PluginFileSet files)
    {
        var temporary = Path.Combine(directory, $"{TemporaryPrefix}{Guid.NewGuid():N}");
        Directory.CreateDirectory(temporary);
        try
        {
            using var heldLock = ShadowCopy.Lock(temporary, FileMode.CreateNew);
            var hash = files.CopyTo(temporary);
            var target = Path.Combine(directory, hash);
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                TryMove(temporary, target);
                if (ShadowCopy.TryOpen(target, hash) is { } copy)
                {
                    return copy;
                }

                // Somebody else's copy is in the way and damaged, or was pruned in between: out of the way with it.
                TryMove(target, Path.Combine(directory, $"{TemporaryPrefix}{Guid.NewGuid():N}"));
            }

            throw new PluginException($"cannot be copied to {target}: the copy is damaged again and again");
        }
        finally
        {
            if (Directory.Exists(temporary))
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    /// <summary>A rename that fails because of somebody else's is found out by looking at the outcome.</summary>
    private void TryMove(string source, string target)
    {
        try
        {
            Directory.Move(source, target);
        }
        catch (IOException exception)
        {
            _logger.PluginCopyNotMoved(source, target, exception.Message);
        }
    }

    private void TryDelete(string copy)
    {
        try
        {
            // Alone with the lock, nobody else uses it; out of its place, nobody will.
            using var heldLock = new FileStream(
                Path.Combine(copy, PluginFileSet.LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            var trash = Path.Combine(Path.GetDirectoryName(copy)!, $"{TemporaryPrefix}{Guid.NewGuid():N}");
            Directory.Move(copy, trash);
            Directory.Delete(trash, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Most often in use, by this server or by another one.
            _logger.PluginCopyKept(copy, exception.Message);
        }
    }

    private sealed record CachedCopy(DirectoryInfo Directory, DateTime LastUse);
}
