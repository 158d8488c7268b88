using Microsoft.Extensions.Logging;

namespace Webserv.Host.Plugins;

/// <summary>What the log says about plugins. Event ids 3000 to 3099.</summary>
internal static partial class PluginLog
{
    [LoggerMessage(3000, LogLevel.Information, "Plugin {Plugin} {Version} loaded from {File}: {Middleware}")]
    public static partial void PluginLoaded(this ILogger logger, string plugin, Version version, string file, string middleware);

    [LoggerMessage(3001, LogLevel.Error, "Plugin {Plugin} ({File}) is not loaded: it {Reason}")]
    public static partial void PluginFailed(this ILogger logger, string plugin, string file, string reason);

    [LoggerMessage(3002, LogLevel.Debug, "What kept plugin {Plugin} from loading")]
    public static partial void PluginFailedBecause(this ILogger logger, string plugin, Exception exception);

    [LoggerMessage(3003, LogLevel.Warning, "{File} is passed over: it is a library and no plugin; put what a plugin needs into a folder with it")]
    public static partial void NotAPlugin(this ILogger logger, string file);

    [LoggerMessage(3004, LogLevel.Information, "Plugin {Plugin}: {HiddenFile} is hidden by {File}")]
    public static partial void PluginOverridden(this ILogger logger, string plugin, string hiddenFile, string file);

    [LoggerMessage(3005, LogLevel.Error, "Plugin directory {Directory} cannot be read: {Reason}")]
    public static partial void PluginDirectoryUnreadable(this ILogger logger, string directory, string reason);

    [LoggerMessage(3006, LogLevel.Warning, "Plugin {Plugin} failed in its clean-up: it {Reason}")]
    public static partial void PluginCleanUpFailed(this ILogger logger, string plugin, string reason, Exception exception);

    [LoggerMessage(3007, LogLevel.Debug, "Plugin {Plugin} {Version} unloaded")]
    public static partial void PluginUnloaded(this ILogger logger, string plugin, Version version);

    [LoggerMessage(3008, LogLevel.Debug, "Plugin {Plugin} failed after it had been given up")]
    public static partial void PluginFailedLate(this ILogger logger, string plugin, Exception exception);

    [LoggerMessage(3009, LogLevel.Debug, "Plugin {Plugin}: what kept the middleware for {Path} from being made")]
    public static partial void MiddlewareFailed(this ILogger logger, string plugin, string path, Exception exception);

    [LoggerMessage(3010, LogLevel.Warning, "Plugin cache {Directory} is not used ({Reason}); copies of this run are in {Temporary}")]
    public static partial void PluginCacheUnusable(this ILogger logger, string directory, string reason, string temporary);

    [LoggerMessage(3011, LogLevel.Debug, "Plugin cache {Directory} is not pruned: {Reason}")]
    public static partial void PluginCacheNotPruned(this ILogger logger, string directory, string reason);

    [LoggerMessage(3012, LogLevel.Debug, "Plugin copy {Source} is not renamed to {Target}: {Reason}")]
    public static partial void PluginCopyNotMoved(this ILogger logger, string source, string target, string reason);

    [LoggerMessage(3013, LogLevel.Debug, "Plugin copy {Copy} is kept: {Reason}")]
    public static partial void PluginCopyKept(this ILogger logger, string copy, string reason);

    [LoggerMessage(3014, LogLevel.Warning, "{Expected} is not there, but {Found}: none is loaded; a plugin's folder and its file have the same name, letter for letter")]
    public static partial void PluginMisnamed(this ILogger logger, string expected, string found);

    [LoggerMessage(3015, LogLevel.Information, "Plugin {Plugin} {OldVersion} is replaced by {Version}, loaded from {File}: {Middleware}")]
    public static partial void PluginReplaced(this ILogger logger, string plugin, Version oldVersion, Version version, string file, string middleware);

    [LoggerMessage(3016, LogLevel.Warning, "Plugin {Plugin} {Version}, which was loaded before, goes on in its place")]
    public static partial void PluginKept(this ILogger logger, string plugin, Version version);

    [LoggerMessage(3017, LogLevel.Warning, "Plugin {Plugin} {Version} was unloaded {Seconds} s ago and is still in memory: something refers into it, such as a request that does not end, a thread or timer of its own, a handler of a static event, or a cache of the runtime (docs/plugin-authoring.md, Unloading)")]
    public static partial void PluginStaysInMemory(this ILogger logger, string plugin, Version version, double seconds);

    [LoggerMessage(3019, LogLevel.Information, "Plugin {Plugin}: {File} is of other files than those that are there now, which are loaded")]
    public static partial void RollbackIsOver(this ILogger logger, string plugin, string file);

    [LoggerMessage(3020, LogLevel.Error, "Plugin {Plugin} fails again and again; version {Version} ({Hash}), which served before, comes back until other files are put there or the server starts anew")]
    public static partial void VersionComesBack(this ILogger logger, string plugin, Version version, string hash);

    [LoggerMessage(3021, LogLevel.Error, "Plugin {Plugin} fails again and again, and no version that served before is kept")]
    public static partial void NothingComesBack(this ILogger logger, string plugin);

    [LoggerMessage(3022, LogLevel.Warning, "Plugin {Plugin}: the copy {Directory} cannot be kept for a rollback: {Reason}")]
    public static partial void VersionNotMarked(this ILogger logger, string plugin, string directory, string reason);

    [LoggerMessage(3023, LogLevel.Error, "Plugin {Plugin}: version {Version} ({Hash}), which was to come back, does not go with the configuration: {Reason}; the version before it is tried, or else the files that are there")]
    public static partial void FallBackDoesNotFit(this ILogger logger, string plugin, Version? version, string hash, string reason);

    [LoggerMessage(3018, LogLevel.Debug, "Plugin {Plugin} {Version} has left memory")]
    public static partial void PluginLeftMemory(this ILogger logger, string plugin, Version version);

    [LoggerMessage(3024, LogLevel.Warning, "Folder {Folder} of a plugin directory cannot be read and is passed over: {Reason}")]
    public static partial void PluginFolderUnreadable(this ILogger logger, string folder, string reason);
}
