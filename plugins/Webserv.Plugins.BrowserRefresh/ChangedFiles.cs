using Microsoft.Extensions.Logging;
using Webserv.Abstractions.Files;
using Webserv.Abstractions.Pipeline;

namespace Webserv.Plugins.BrowserRefresh;

/// <summary>Notices that files below the root of an entry change, and lets the open-file cache forget them.</summary>
internal sealed class ChangedFiles : IDisposable
{
    // Editors write a file in several steps, and programs several files.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(50);

    private readonly string _root;
    private readonly IOpenFileCache _cache;
    private readonly ITimer _timer;
    private readonly FileSystemWatcher? _watcher;
    private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public ChangedFiles(IPipelineEntry entry, string root, IOpenFileCache cache, TimeProvider time, ILogger logger)
    {
        (_root, _cache) = (root, cache);
        _timer = time.CreateTimer(static state => ((ChangedFiles)state!).Tell(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(root)
            {
                IncludeSubdirectories = true,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, change) => Notice(change.FullPath);
            watcher.Created += (_, change) => Notice(change.FullPath);
            watcher.Deleted += (_, change) => Notice(change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                Notice(change.OldFullPath);
                Notice(change.FullPath);
            };
            watcher.Error += (_, _) => Notice(root); // Too many at once.
            watcher.EnableRaisingEvents = true;
            _watcher = watcher;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            watcher?.Dispose();
            Log.FilesNotWatched(logger, entry.ConfigurationPath, root, exception.Message);
        }
    }

    /// <summary>How often files have changed.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Ends when files change the next time.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        _watcher?.Dispose();
        _timer.Dispose();
    }

    private void Notice(string path)
    {
        var below = Path.GetRelativePath(_root, path);
        if (below != "." && below.Split(Path.DirectorySeparatorChar).Any(name => name.StartsWith('.')))
        {
            return;
        }

        _cache.Invalidate(path);
        _timer.Change(Settling, Timeout.InfiniteTimeSpan);
    }

    private void Tell()
    {
        Interlocked.Increment(ref _count);
        Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
