using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Webserv.Host.Commands;
using Webserv.Host.Configuration;
using Webserv.Host.Plugins;
using Webserv.Host.Plugins.Versions;

namespace Webserv.Host.Server;

/// <summary>Lists the versions of a plugin that are kept, and lets one come back. No code of a plugin runs.</summary>
internal sealed class PluginVersions
{
    private const int ShortestHash = 6;

    private readonly PluginCandidate _candidate;
    private readonly IReadOnlyList<KeptVersion> _versions;
    private readonly string _cache;
    private readonly string _files;
    private readonly string _wanted;

    private PluginVersions(PluginCandidate candidate, string cache)
    {
        _candidate = candidate;
        _cache = cache;
        _versions = KeptVersion.Find(cache, candidate.Id);
        _files = PluginFileSet.HashOf(candidate);
        var rollback = RollbackFile.Read(candidate);
        _wanted = rollback?.From == _files ? rollback.To : _files;
    }

    /// <summary>Finds a plugin and the versions of it that are kept.</summary>
    /// <param name="options">Where plugins are.</param>
    /// <param name="settings">Where the program is, and the copies.</param>
    /// <param name="id">The plugin's id.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <returns><see langword="null"/> where something is wrong.</returns>
    public static async Task<PluginVersions?> FindAsync(WebservOptions options, PluginCatalogSettings settings, string id, TextWriter errors)
    {
        var directories = PluginDiscovery.GetDirectories(settings.ProgramDirectory, options.Plugins.Directories, options.Directory);
        var candidates = PluginDiscovery.Find(directories, NullLogger.Instance, [], []);
        if (candidates.FirstOrDefault(found => found.Id.Equals(id, StringComparison.OrdinalIgnoreCase)) is not { } candidate)
        {
            await errors.WriteLineAsync($"webserv: there is no plugin '{id}'{NearestName.Hint(id, [.. candidates.Select(found => found.Id)])}").ConfigureAwait(false);
            return null;
        }

        if ((settings.CacheDirectory ?? PluginCacheDirectory.Find(Environment.GetEnvironmentVariable)) is not { } cache)
        {
            await errors.WriteLineAsync("webserv: the environment names no home directory, and so no place where versions are kept").ConfigureAwait(false);
            return null;
        }

        try
        {
            return new PluginVersions(candidate, cache);
        }
        catch (PluginException exception)
        {
            await errors.WriteLineAsync($"webserv: plugin {candidate.Id} {exception.Message}").ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Prints a line for each version, the newest first.</summary>
    public async Task<int> ListAsync(TextWriter output, TextWriter errors)
    {
        if (_versions.Count == 0)
        {
            await errors.WriteLineAsync("webserv: " + NoneKept()).ConfigureAwait(false);
            return ExitCodes.Failure;
        }

        foreach (var version in _versions)
        {
            var notes = string.Concat(
                version.Hash == _wanted ? "  loaded" : "",
                version.Hash == _files ? "  in the plugin's folder" : "",
                version.Hash == _files && version.Hash != _wanted ? ", rolled back" : "");
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{version.Version}  {version.Since:yyyy-MM-dd'T'HH:mm:ss'Z'}  {version.Hash}{notes}")).ConfigureAwait(false);
        }

        return ExitCodes.Success;
    }

    /// <summary>Lets a version come back with the next reload.</summary>
    /// <param name="hash">The beginning of its hash; <see langword="null"/> for the one before that which is loaded.</param>
    /// <param name="output">Gets what happens.</param>
    /// <param name="errors">Gets what is wrong.</param>
    public async Task<int> RollBackAsync(string? hash, TextWriter output, TextWriter errors)
    {
        var (target, problem) = Choose(hash);
        try
        {
            if (target is not null && target.Hash != _files && PluginFileSet.OfFolder(target.Directory).ComputeHash() != target.Hash)
            {
                problem = $"the copy {target.Directory} is damaged";
            }

            if (problem is null)
            {
                await output.WriteLineAsync(Apply(target!)).ConfigureAwait(false);
                return ExitCodes.Success;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or PluginException)
        {
            problem = exception.Message;
        }

        await errors.WriteLineAsync($"webserv: plugin {_candidate.Id} is not rolled back: {problem}").ConfigureAwait(false);
        return ExitCodes.Failure;
    }

    private (KeptVersion? Target, string? Problem) Choose(string? hash)
    {
        if (_versions.Count == 0)
        {
            return (null, NoneKept());
        }

        if (hash is null)
        {
            var since = _versions.FirstOrDefault(version => version.Hash == _wanted)?.Since ?? DateTime.MaxValue;
            return _versions.FirstOrDefault(version => version.Since < since) is { } before
                ? (before, null)
                : (null, $"no version that served before is kept; webserv plugins versions {_candidate.Id} lists those that are");
        }

        var matches = _versions.Where(version => version.Hash.StartsWith(hash, StringComparison.OrdinalIgnoreCase)).ToList();
        return hash.Length < ShortestHash || matches.Count != 1
            ? (null, $"'{hash}' is not the beginning, of {ShortestHash} digits at least, of the hash of one version; webserv plugins versions {_candidate.Id} lists them")
            : (matches[0], null);
    }

    private string Apply(KeptVersion target)
    {
        const string When = "with the next reload, which a running server does by itself unless Plugins:HotReload is false (then: webserv reload)";
        if (target.Hash == _files)
        {
            File.Delete(RollbackFile.PathOf(_candidate));
            return $"{_candidate.Id} {target.Version} ({target.Hash}), the files in its folder, is loaded {When}";
        }

        new RollbackFile(_files, target.Hash).Write(_candidate);
        return $"{_candidate.Id} {target.Version} ({target.Hash}) is loaded in place of the files in its folder {When}. Other files that are put there are loaded as ever";
    }

    private string NoneKept() =>
        $"no version of {_candidate.Id} is kept in {_cache}. The server keeps them where XDG_CACHE_HOME or HOME of its user says: run this as that user, or with the same XDG_CACHE_HOME";
}
