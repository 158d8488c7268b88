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
}
