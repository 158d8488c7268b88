using Microsoft.Extensions.Logging;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;

namespace Webserv.Host.Server.Watching;

/// <summary>The system's notices that something in some directories may have changed.</summary>
/// <param name="notice">Called for each, on any thread.</param>
/// <param name="logger">Is told where there are none.</param>
internal sealed class FileNotices(Action notice, ILogger logger) : IDisposable
{
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private bool _isDisposed;

    /// <summary>Listens to what a configuration says, and to nothing else. A directory that is not there, or cannot be listened to, is left to polling.</summary>
    /// <param name="options">The configuration.</param>
    /// <param name="programDirectory">The directory of the program.</param>
    public void Watch(WebservOptions options, string programDirectory)
    {
        var configuration = options.ReloadOnChange ? options.Directory : null;
        var plugins = options.Plugins.HotReload ? PluginDiscovery.GetDirectories(programDirectory, options.Plugins.Directories, options.Directory) : [];
        lock (_watchers)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            var wanted = plugins.Where(Directory.Exists).ToHashSet(StringComparer.Ordinal);
            foreach (var directory in _watchers.Keys.Where(directory => directory != configuration && !wanted.Contains(directory)).ToArray())
            {
                _watchers.Remove(directory, out var watcher);
                watcher!.Dispose();
            }

            if (configuration is not null)
            {
                Add(configuration, below: false);
            }

            foreach (var directory in wanted)
            {
                Add(directory, below: true);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        lock (_watchers)
        {
            _isDisposed = true;
            foreach (var watcher in _watchers.Values)
            {
                watcher.Dispose();
            }

            _watchers.Clear();
        }
    }

    private void Add(string directory, bool below)
    {
        if (_watchers.TryGetValue(directory, out var known))
        {
            known.IncludeSubdirectories |= below;
            return;
        }

        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory)
            {
                IncludeSubdirectories = below,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watcher.Changed += (_, _) => notice();
            watcher.Created += (_, _) => notice();
            watcher.Deleted += (_, _) => notice();
            watcher.Renamed += (_, _) => notice();
            watcher.Error += (_, _) => notice(); // Too many at once: a look finds out.
            watcher.EnableRaisingEvents = true;
            _watchers.Add(directory, watcher);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            watcher?.Dispose();
            Log.NoFileNotices(logger, directory, exception.Message);
        }
    }
}
