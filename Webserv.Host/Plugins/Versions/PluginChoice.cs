using Microsoft.Extensions.Logging;

namespace Webserv.Host.Plugins.Versions;

/// <summary>Which build of a plugin is to be loaded: that of its files, or one that is kept.</summary>
/// <param name="Hash">The hash of the build; <see langword="null"/> where nobody has to know that of the files.</param>
/// <param name="Kept">Whether it is one that is kept.</param>
/// <param name="IsFallBack">Whether it is one that is kept because what is wanted fails, and not because it is wanted.</param>
internal readonly record struct PluginChoice(string? Hash, bool Kept, bool IsFallBack = false)
{
    /// <summary>Chooses.</summary>
    /// <param name="candidate">What was found.</param>
    /// <param name="cache">The directory of all copies.</param>
    /// <param name="failing">Builds that are not to be loaded where there is one before.</param>
    /// <param name="needsHash">Whether the hash of the files is needed in any case.</param>
    /// <param name="logger">Is told what does not come back.</param>
    /// <exception cref="PluginException">The files cannot be read.</exception>
    public static PluginChoice Make(PluginCandidate candidate, string cache, FailingPlugins failing, bool needsHash, ILogger logger)
    {
        var rollback = RollbackFile.Read(candidate);
        if (rollback is null && !needsHash)
        {
            return default;
        }

        var files = PluginFileSet.HashOf(candidate);
        if (rollback is not null && rollback.From != files)
        {
            logger.RollbackIsOver(candidate.Id, RollbackFile.PathOf(candidate));
        }

        var wanted = rollback?.From == files ? rollback.To : files;
        if (!failing.Contains(candidate.Id, wanted))
        {
            return new PluginChoice(wanted, wanted != files);
        }

        var versions = KeptVersion.Find(cache, candidate.Id);
        var since = versions.FirstOrDefault(version => version.Hash == wanted)?.Since ?? DateTime.MaxValue;
        if (versions.FirstOrDefault(version => version.Since < since && !failing.Contains(candidate.Id, version.Hash)) is not { } before)
        {
            logger.NothingComesBack(candidate.Id);
            return new PluginChoice(wanted, wanted != files);
        }

        logger.VersionComesBack(candidate.Id, before.Version, before.Hash);
        return new PluginChoice(before.Hash, Kept: true, IsFallBack: true);
    }
}
