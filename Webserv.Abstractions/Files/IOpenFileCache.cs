using Webserv.Abstractions.Pipeline;

namespace Webserv.Abstractions.Files;

/// <summary>
/// The open-file cache, shared by all who answer with files: descriptors, lengths and times, and the contents of small
/// files within a budget of memory.
/// </summary>
public interface IOpenFileCache
{
    /// <summary>Opens the root directory of a pipeline entry for look-ups.</summary>
    /// <param name="entry">The entry whose <see cref="IPipelineEntry.Root"/> is served.</param>
    /// <param name="options">How names are looked up.</param>
    /// <exception cref="InvalidOperationException">The entry has no root.</exception>
    IDocumentRoot OpenRoot(IPipelineEntry entry, DocumentRootOptions options);

    /// <summary>
    /// Says that a file was written, replaced or removed, or a directory with all that is below it, so that no look-up that
    /// begins afterwards answers with what was there before: neither the old file nor the miss in its place, under whatever
    /// request path, alias or symbolic link it is reached. Call it after the change and before the answer that reports it.
    /// It costs next to nothing; more than the path may be compared with the file system again. Without it a change is
    /// seen when the cache asks the file system the next time, a second later unless configured otherwise.
    /// </summary>
    /// <param name="absolutePath">The path on disk; nothing need be there any more.</param>
    /// <exception cref="ArgumentException">The path is not absolute.</exception>
    void Invalidate(string absolutePath);
}
